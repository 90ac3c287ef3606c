import type { UserObject } from "../manifests/objects";

/** Text that stands for the certificate of the run's CA, which exists only when Pulumi applies the run. */
export const runAuthority = "__TRIAL_CA__";

const namesIn = (spec: unknown): string[] =>
  [...JSON.stringify(spec ?? {}).matchAll(/"credentialName":"([^"]+)"/g)].map(([, name = ""]) => name);

/** Each credential that a DestinationRule names. */
export const rulesWithCredential = (objects: readonly UserObject[]): { rule: UserObject; credential: string }[] =>
  objects
    .filter(({ kind }) => kind === "DestinationRule")
    .flatMap((rule) => [...new Set(namesIn(rule.spec))].map((credential) => ({ rule, credential })));

/** True for a Secret that a DestinationRule names, also for that with its CA alone. */
export const isClientCredential = ({ kind, metadata: { name } }: UserObject, objects: readonly UserObject[]): boolean =>
  kind === "Secret" &&
  rulesWithCredential(objects).some(({ credential }) => name === credential || name === `${credential}-cacert`);

type Data = Readonly<Record<string, string>>;

/**
 * A Secret that a DestinationRule names, with the run's CA in place of the user's: the stand-in cannot have a certificate by
 * the user's CA. Undefined if the Secret has no CA.
 */
export function trustingRun(secret: UserObject): UserObject | undefined {
  const [data, stringData] = [secret["data"] ?? {}, secret["stringData"] ?? {}] as [Data, Data];
  const keys = Object.keys({ ...data, ...stringData }).filter((key) => /^(ca\.crt|cacert)$/.test(key));
  if (keys.length === 0) return undefined;
  const without = (values: Data): Data =>
    Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
  const authorities = Object.fromEntries(keys.map((key) => [key, runAuthority]));
  return { ...secret, data: without(data), stringData: { ...without(stringData), ...authorities } };
}
