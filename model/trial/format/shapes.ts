import type { Shape } from "./shape";

export const text: Shape = { is: "text" };
export const scalar: Shape = {
  is: "either",
  of: [text, { is: "integer", least: -(2 ** 31), most: 2 ** 31 }, { is: "switch" }],
};
export const duration: Shape = { is: "text", pattern: /^\d+(\.\d+)?(ms|s)$/, as: 'a duration such as "3s" or "250ms"' };
export const status: Shape = { is: "integer", least: 100, most: 599 };

/** The ends of a request beside a status. */
const failures = ["reset", "refused", "tls-error", "timeout", "unresolved"] as const;
export type Failure = (typeof failures)[number];

/** TLS versions, as a Gateway's minProtocolVersion names them. */
export const tlsVersions = ["TLSV1_0", "TLSV1_1", "TLSV1_2", "TLSV1_3"] as const;
export type TlsVersion = (typeof tlsVersions)[number];

export const result: Shape = { is: "either", of: [status, { is: "text", of: failures }] };
export const oneOrMore = (shape: Shape): Shape => ({ is: "either", of: [shape, { is: "list", of: shape }] });
export const mappingOf = (name: string): Shape => ({ is: "object", name });
export const mapOf = (of: Shape): Shape => ({ is: "map", of });
