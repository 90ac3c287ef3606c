/** Fields of a mapping whose values are not checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** True for a mapping of JSON or YAML, and not for a list. */
export const isMapping = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
