import { readdirSync, readFileSync } from "node:fs";

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  /** Line of its fence, from 1. */
  readonly line: number;
  /** Word after the fence, such as `sh`; empty without one. */
  readonly language: string;
  readonly text: string;
}

/** Pages for users. */
export const userPages = ["README.md", ...readdirSync("docs").flatMap((f) => (f.endsWith(".md") ? [`docs/${f}`] : []))];

/** Fenced blocks of a page, in their order. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(page, "utf8");
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)\n```$/gm)].map(({ index, 1: language = "", 2: inside = "" }) => ({
    ...{ page, line: text.slice(0, index).split("\n").length, language, text: inside },
  }));
}

/** Commands of a block, one for each line. A block of output begins with a command after `$ `, or has none. */
export function commandsOf({ language, text }: Block): string[] {
  if (language === "sh") return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return text.split("\n").flatMap((line) => (line.startsWith("$ ") ? [line.slice(2)] : []));
}

/** Output that a block shows below its one command. Empty for a block of commands. */
export const outputOf = ({ language, text }: Block): string[] =>
  language === "sh" ? [] : text.split("\n").filter((line) => !line.startsWith("$ ") && line.trim() !== "");

/**
 * Block of commands whose output a block shows: the one right before it on the page.
 *
 * @param blocks - all blocks of the page
 * @returns undefined for commands, for a block that names its command itself, and after a block that shows something else
 */
export function shownBy(block: Block, blocks: readonly Block[]): Block | undefined {
  if (block.language !== "text" || commandsOf(block).length > 0) return undefined;
  const before = blocks.filter(({ page, line }) => page === block.page && line < block.line).at(-1);
  return before?.language === "sh" ? before : undefined;
}

/**
 * Text without what differs from run to run: numbers, and the width of columns.
 *
 * A status that stands alone stays, and so does a column such as 2/2.
 */
const steady = (text: string): string =>
  /^[1-5]\d\d$/.test(text.trim())
    ? text.trim()
    : text
        .trim()
        .replaceAll(/(?<=\s)\d+\/\d+(?=\s)|\d+/g, (number) => (number.includes("/") ? number : "N"))
        .replaceAll(/\s+/g, " ");

/** Shown lines that a command did not print. `…` stands for any text. */
export function missingLines(shown: readonly string[], printed: string): string[] {
  const lines = printed.split("\n").map(steady);
  return shown.filter((line) => {
    const parts = steady(line)
      .split("…")
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const pattern = new RegExp(`^${parts.join(".*")}$`);
    return !lines.some((one) => pattern.test(one));
  });
}
