import type { UserObject } from "../manifests/objects";
import type { Path } from "../manifests/source";
import type { PolicyRule } from "./policyMatch";

type Source = Readonly<Record<string, readonly string[]>>;

/** A service account with its namespace, which is the policy's unless the text names one. */
const fullAccount = (account: string, namespace: string): string =>
  account.includes("/") ? account : `${namespace}/${account}`;

const withNamespaces = (source: Source, namespace: string): Source =>
  Object.fromEntries(
    Object.entries(source).map(([field, values]) => [
      field,
      /^(s|notS)erviceAccounts$/.test(field) ? values.map((value) => fullAccount(value, namespace)) : values,
    ]),
  );

/** Rules of an AuthorizationPolicy, with the namespace of each service account. */
export const policyRules = ({ spec, $ }: UserObject): readonly PolicyRule[] =>
  ((spec?.rules ?? []) as PolicyRule[]).map((rule) => ({
    ...rule,
    ...(rule.from && { from: rule.from.map(({ source = {} }) => ({ source: withNamespaces(source, $.namespace) })) }),
  }));

export const actionOf = ({ spec }: UserObject): string => String(spec?.action ?? "ALLOW");

/** Values of one field of a rule, in its part `from` or `to` or in a condition of `when`. */
interface RulePart {
  /** Name of the field or key, such as `ipBlocks` or `source.ip`. */
  readonly name: string;
  readonly values: readonly string[];
  readonly path: Path;
}

/** Values that a rule has for a field of `source` or `operation` and its negation, or for a key of `when`. */
export function partsOf(rule: PolicyRule, field: string, key: string): RulePart[] {
  const not = `not${field[0]?.toUpperCase()}${field.slice(1)}`;
  const listed = [
    ...(rule.from ?? []).map(({ source = {} }) => ({ values: source, part: "from" })),
    ...(rule.to ?? []).map(({ operation = {} }) => ({ values: operation, part: "to" })),
  ].flatMap(({ values, part }) =>
    [field, not].flatMap((name) => (values[name] ? [{ name: field, values: values[name], path: [part] }] : [])),
  );
  const conditions = (rule.when ?? []).flatMap(({ key: name, values = [], notValues = [] }, i) =>
    name === key ? [{ name, values: [...values, ...notValues], path: ["when", i] }] : [],
  );
  return [...listed, ...conditions];
}
