import { columns } from "../../output/table";
import { outcomeWords } from "../../trial/report/report";
import type { CaseResult } from "../../trial/report/result";
import { type Exercise, headingOf, stepOf } from "./exercises";

/** Result of one request of a chapter. */
interface ShownCase {
  readonly verdict: "pass" | "FAIL" | "unknown";
  readonly seen: string;
  readonly it: string;
}

/** Result of a folder of examples/lesson. */
export interface ChapterResult {
  readonly step: number;
  readonly name: string;
  readonly folder: string;
  /** `shown` if every verdict is the one that the lesson shows. */
  readonly outcome: "shown" | "not shown" | "not known" | "left out";
  /** Reason of an outcome other than `shown`. */
  readonly why?: string;
  readonly cases: readonly ShownCase[];
}

/** Verdicts that the recorded output of a folder shows, in their order. */
const recorded = ({ output }: Exercise): string[] =>
  output.split("\n").filter((line) => /^(pass|FAIL|unknown) /.test(line));

const chapter = (exercise: Exercise, rest: Pick<ChapterResult, "outcome" | "cases"> & { readonly why?: string }) => ({
  ...{ step: stepOf(exercise), name: headingOf(exercise), folder: exercise.folder },
  ...rest,
});

/** Result of a folder that was run: its verdicts compared with the output that the lesson shows. */
export function chapterOf(exercise: Exercise, results: readonly CaseResult[]): ChapterResult {
  const cases = results.map(({ outcome, seen, case: { it } }) => ({ verdict: outcomeWords[outcome], seen, it }));
  const actual = cases.map(({ verdict, it }) => `${verdict.padEnd(8)}${it}`);
  const expected = recorded(exercise);
  const wrong = expected.filter((line) => !actual.includes(line)).map((line) => line.replace(/ +/, " "));
  if (cases.length === 0 || cases.some(({ verdict }) => verdict === "unknown"))
    return chapter(exercise, { outcome: "not known", why: "not every case could be measured", cases });
  if (wrong.length > 0 || actual.length !== expected.length)
    return chapter(exercise, { outcome: "not shown", why: `the lesson shows: ${wrong.join(", ")}`, cases });
  return chapter(exercise, { outcome: "shown", cases });
}

/** Result of a folder that could not be run. */
export const chapterUnknown = (exercise: Exercise, why: string): ChapterResult =>
  chapter(exercise, { outcome: "not known", why, cases: [] });

/** The key that a folder requires, if this environment has another value. */
export const missingKey = ({ manifests }: Exercise, { routing }: { readonly routing: string }): string | undefined =>
  routing === "istio" && /^apiVersion: gateway\.networking\.k8s\.io\//m.test(manifests)
    ? "it needs routing = gateway-api"
    : undefined;

/** Result of a folder that this environment leaves out. */
export const chapterLeftOut = (exercise: Exercise, why: string): ChapterResult =>
  chapter(exercise, { outcome: "left out", why, cases: [] });

/** The chapters as a table for a terminal: a row for each request, and the count below. */
export function chapterTable(chapters: readonly ChapterResult[]): string {
  const rows = chapters.flatMap(({ step, name, outcome, why, cases }) => {
    const first = [String(step).padStart(2), name];
    const results = cases.map(({ verdict, seen, it }) => [verdict, seen, it]);
    const lines = why === undefined ? results : [...results, [outcome, why]];
    return lines.map((line, i) => [...(i === 0 ? first : ["", ""]), ...line]);
  });
  const run = chapters.filter(({ outcome }) => outcome !== "left out");
  const shown = run.filter(({ outcome }) => outcome === "shown").length;
  return [...columns(rows), "", `${shown} of ${run.length} folders showed what the lesson shows`].join("\n");
}
