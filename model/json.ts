/** Value of a text in JSON, whose type the caller expects; undefined for a text that is not JSON. */
export function parseJson<Value>(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}
