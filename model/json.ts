/** Value of a text in JSON, whose type the caller expects; undefined for a text that is not JSON. */
export function parseJson<Value>(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

/** Value at a path of keys and indices; undefined if a part of the path does not exist. */
export const valueAt = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce((inner, part) => (inner as Record<string | number, unknown> | null | undefined)?.[part], value);
