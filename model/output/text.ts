/** Lines of a word that is longer than a line: broken behind a character that separates its parts, or else anywhere. */
function breakWord(word: string, width: number): string[] {
  if (word.length <= width) return [word];
  const separator = Math.max(...["/", ".", ",", "-", ":"].map((character) => word.lastIndexOf(character, width - 1)));
  const end = separator >= width / 3 ? separator + 1 : width;
  return [word.slice(0, end), ...breakWord(word.slice(end), width)];
}

/** Text in lines of at most `width` characters, broken between words where that is possible. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines.splice(-1, 1, `${last} ${word}`);
    else lines.push(...breakWord(word, width));
  }
  return lines;
}

/** A value as a message shows it: in double quotes, without control characters, and without the rest of a very long one. */
export const quoted = (value: string): string =>
  value.length <= 200
    ? JSON.stringify(value)
    : `${JSON.stringify(`${value.slice(0, 100)}…`)} (${value.length} characters)`;

/** A text as one word of a POSIX shell. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Seconds as a person reads them on an axis. */
export const clockText = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** Values in a message, with commas between them; `none` if there are none. */
export const listed = (values: Iterable<unknown>, separator = ", "): string => [...values].join(separator) || "none";

/** Date and time of day to the second, such as `2026-01-02 03:04:05 UTC`. */
export const utcText = (at: Date): string => `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** Share from 0 to 1 in percent, with a digit more where it is small. */
export const percent = (share: number): string =>
  `${(share * 100).toFixed(share > 0 && share < 0.001 ? 2 : share * 100 >= 10 ? 0 : 1)} %`;
