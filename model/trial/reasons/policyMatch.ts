import ipaddr from "ipaddr.js";
import { valueAt } from "../../json";
import type { ArrivingRequest } from "./arriving";

type Texts = readonly string[];

/** Conditions of an AuthorizationPolicy's rule. */
export interface PolicyRule {
  readonly from?: readonly { readonly source?: Readonly<Record<string, Texts>> }[];
  readonly to?: readonly { readonly operation?: Readonly<Record<string, Texts>> }[];
  readonly when?: readonly { readonly key: string; readonly values?: Texts; readonly notValues?: Texts }[];
}

/** True if a value of a policy matches a text: exact, or with `*` at one end. `*` alone matches every text but the empty one. */
function matchesText(pattern: string, text: string): boolean {
  if (pattern === "*") return text !== "";
  if (pattern.startsWith("*")) return text.endsWith(pattern.slice(1));
  if (pattern.endsWith("*")) return text.startsWith(pattern.slice(0, -1));
  if (!/\{\*\*?\}/.test(pattern)) return pattern === text;
  const parts = pattern
    .split(/(\{\*\*?\})/)
    .map((part) =>
      part === "{*}" ? "[^/]+" : part === "{**}" ? ".*" : part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"),
    );
  return new RegExp(`^${parts.join("")}$`).test(text);
}

/** True if a block, such as 10.0.0.0/8 or one address, contains an address. */
function inBlock(block: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (!block.includes("/")) return ipaddr.isValid(block) && ipaddr.process(block).toString() === parsed.toString();
  if (!ipaddr.isValidCIDR(block)) return false;
  const [range, bits] = ipaddr.parseCIDR(block);
  return range.kind() === parsed.kind() && parsed.match(range, bits);
}

/** Service account of a principal, as NAMESPACE/NAME. Empty for plain text, undefined for an unknown principal. */
const accountOf = (principal: string | undefined): string | undefined =>
  principal && /\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(principal)?.slice(1).join("/");

/** Value of a field of `source` or `operation`; undefined if it is unknown. */
function arrivingValue(field: string, arriving: ArrivingRequest): string | undefined {
  const values: Readonly<Record<string, string | undefined>> = {
    principals: arriving.principal,
    serviceAccounts: accountOf(arriving.principal),
    namespaces: arriving.namespace,
    requestPrincipals: arriving.requestPrincipal ?? "",
    methods: arriving.method,
    paths: arriving.path,
    hosts: arriving.host,
    ports: arriving.port === undefined ? undefined : String(arriving.port),
    ipBlocks: arriving.address,
    remoteIpBlocks: arriving.remoteAddress,
  };
  return values[field];
}

/** Field of `source` or `operation` in the words of a reason. */
const fieldTitle = (field: string): string =>
  ({
    principals: "peer",
    serviceAccounts: "peer's service account",
    requestPrincipals: "token's principal",
    namespaces: "peer's namespace",
    ipBlocks: "address of the direct peer",
    remoteIpBlocks: "address of the sender",
  })[field] ?? field.replace(/s$/, "");

/** Field without its negation: `paths` for `notPaths`. */
const positive = (field: string): string => field.replace(/^not(.)/, (_, letter: string) => letter.toLowerCase());

/** Fields that a request does not meet. A field whose value is unknown counts as met. */
function unmetFields(fields: Readonly<Record<string, Texts>>, arriving: ArrivingRequest): string[] {
  return Object.entries(fields).flatMap(([field, patterns]) => {
    const isNot = field.startsWith("not");
    const value = arrivingValue(positive(field), arriving);
    if (value === undefined) return [];
    const matches = /ipBlocks$/i.test(field) ? inBlock : matchesText;
    if (patterns.some((pattern) => matches(pattern, value)) !== isNot) return [];
    return [`${fieldTitle(positive(field))} ${value || "none"} is ${isNot ? "" : "not "}${patterns.join(" or ")}`];
  });
}

/** Values of a condition; undefined if they are unknown. */
function conditionValue(key: string, arriving: ArrivingRequest): string[] | undefined {
  const { requestPrincipal, claims, headers } = arriving;
  const header = /^request\.headers\[(.+)\]$/i.exec(key)?.[1];
  if (header) return [headers[header.toLowerCase()] ?? ""];
  const claim = /^request\.auth\.claims\[(.+)\]$/.exec(key)?.[1];
  if (claim) {
    const value = valueAt(claims, claim.split("]["));
    return value === undefined ? [""] : [value].flat().map(String);
  }
  if (key === "request.auth.principal") return [requestPrincipal ?? ""];
  const known: Readonly<Record<string, string | number | undefined>> = {
    "source.principal": arriving.principal,
    "source.namespace": arriving.namespace,
    "source.serviceAccount": accountOf(arriving.principal),
    "source.ip": arriving.address,
    "remote.ip": arriving.remoteAddress,
    "destination.ip": arriving.ownAddress,
    "destination.port": arriving.port,
    "connection.sni": arriving.sni,
  };
  const value = known[key];
  return value === undefined ? undefined : [String(value)];
}

/** Advice for a claim whose name has dots, if the token has the claims within claims that the name suggests. */
function nestedClaim(key: string, claims: ArrivingRequest["claims"]): string {
  const parts = /^request\.auth\.claims\[([^\]]+\.[^\]]+)\]$/.exec(key)?.[1]?.split(".") ?? [];
  const value = valueAt(claims, parts);
  return parts.length === 0 || value === undefined
    ? ""
    : ` (a dot is part of the name; a claim within a claim is request.auth.claims[${parts.join("][")}])`;
}

/** Keys of conditions with only `notValues` that the request does not have: an absent value meets such a condition. */
export const absentKeys = ({ when = [] }: PolicyRule, arriving: ArrivingRequest): string[] =>
  when
    .filter(
      ({ key, values, notValues }) => !values && notValues && conditionValue(key, arriving)?.every((value) => !value),
    )
    .map(({ key }) => key);

/** The conditions of a rule that a request does not meet, in words; empty if the rule matches. */
export function unmetOfRule({ from, to, when = [] }: PolicyRule, arriving: ArrivingRequest): string[] {
  const unmetOfAll = (unmetLists: readonly string[][]): string[] =>
    unmetLists.length === 0 || unmetLists.some((unmet) => unmet.length === 0)
      ? []
      : [unmetLists.map((unmet) => unmet.join(" and ")).join(", or ")];
  return [
    ...unmetOfAll((from ?? []).map(({ source = {} }) => unmetFields(source, arriving))),
    ...unmetOfAll((to ?? []).map(({ operation = {} }) => unmetFields(operation, arriving))),
    ...when.flatMap(({ key, values = [], notValues = [] }) => {
      const actual = conditionValue(key, arriving);
      if (!actual) return [];
      const matches = key.endsWith(".ip") ? inBlock : matchesText;
      const isAmong = (patterns: Texts) => patterns.some((pattern) => actual.some((value) => matches(pattern, value)));
      const isMissing = values.length > 0 && !isAmong(values);
      if (!isMissing && !isAmong(notValues)) return [];
      const wanted = isMissing ? values.join(" or ") : `not ${notValues.join(" or ")}`;
      return [`${key} ${actual.join(", ") || "is absent"}: wanted ${wanted}${nestedClaim(key, arriving.claims)}`];
    }),
  ];
}
