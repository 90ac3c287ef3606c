import { isTestFile, type Source } from "../manifests/source";
import { summaryOfCase } from "./report";
import type { CaseResult } from "./result";

/** A common mistake: a folder of examples/mistakes, with the results of its broken and its fixed half. */
export interface Lesson {
  readonly name: string;
  readonly why: string;
  /** Lines of the manifests that only the broken half has, and those that only the fixed half has. */
  readonly wrong: readonly string[];
  readonly right: readonly string[];
  readonly outcome: "shown" | "not shown" | "not known";
  /** Results of the cases of both halves, a line each. */
  readonly broken: readonly string[];
  readonly fixed: readonly string[];
}

const linesOf = (sources: readonly Source[]): string[] =>
  sources.filter(({ file }) => !isTestFile(file)).flatMap(({ text }) => text.split("\n"));

const onlyIn = (lines: readonly string[], other: readonly string[]): string[] =>
  [...new Set(lines)].filter((line) => !other.includes(line)).map((line) => line.trim());

export interface LessonArgs {
  readonly name: string;
  readonly sources: { readonly broken: readonly Source[]; readonly fixed: readonly Source[] };
  readonly results: { readonly broken: readonly CaseResult[]; readonly fixed: readonly CaseResult[] };
}

/** One lesson, from the files of a mistake and the results of their cases. */
export function lessonOf({ name, sources, results }: LessonArgs): Lesson {
  const [broken, fixed] = [linesOf(sources.broken), linesOf(sources.fixed)];
  const allResults = [...results.broken, ...results.fixed];
  const [comment = ""] = broken.filter((line) => line.startsWith("# "));
  const unknown = allResults.length === 0 || allResults.some(({ outcome }) => outcome === "unknown");
  const shown = allResults.every(({ outcome }) => outcome === "pass");
  return {
    name: name.replaceAll("-", " "),
    why: comment.slice(2),
    wrong: onlyIn(broken, fixed),
    right: onlyIn(fixed, broken),
    outcome: unknown ? "not known" : shown ? "shown" : "not shown",
    broken: results.broken.map(summaryOfCase),
    fixed: results.fixed.map(summaryOfCase),
  };
}

const rows = (title: string, lines: readonly string[]): string[] =>
  lines.map((line, i) => `   ${(i === 0 ? title : "").padEnd(9)} ${line}`);

/** The lessons as text, a paragraph each. */
export function lessonText(lessons: readonly Lesson[]): string {
  const paragraph = ({ name, why, wrong, right, outcome, broken, fixed }: Lesson, i: number) =>
    [
      `${i + 1}  ${name}`,
      ...rows("mistake", wrong),
      ...rows(outcome, broken),
      ...rows("why", [why]),
      ...rows("instead", right),
      ...rows("then", fixed),
    ].join("\n");
  const shown = lessons.filter(({ outcome }) => outcome === "shown").length;
  return [...lessons.map(paragraph), `${shown} of ${lessons.length} mistakes showed what they do`].join("\n\n");
}
