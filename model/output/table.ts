/** Lines of a table for a terminal. Every column but the last of its row is as wide as its longest cell. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

/** A text as it stands in a cell of a Markdown table, on one line. */
export const markdownCell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** A row of a Markdown table. */
export const markdownRow = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(" | ")} |`;

/** Lines of a Markdown table, its heads first. */
export function markdownTable([heads = [], ...rows]: readonly (readonly string[])[]): string[] {
  return [heads, heads.map(() => "---"), ...rows].map(markdownRow);
}
