/**
 * Parses a URL.
 *
 * `URL.canParse` is not used: on Node 20, V8's optimized call of it returns false for a URL with letters of Latin-1
 * outside ASCII, such as `https://bücher.example`, after some thousand calls.
 *
 * @returns undefined for a text that is not a URL
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
