import { type CheckResult, checkCounts } from "../../checks/result";
import { element } from "../../output/markup";
import { figure, htmlPage, htmlTable, paragraph } from "../../output/page";
import { type CommandWriter, forNpm, writeRemedy } from "../../output/remedy";

const marks = {
  passed: ["pass", "✓ passed"],
  failed: ["fail", "✗ failed"],
  unknown: ["unknown", "? unknown"],
} as const;

/**
 * One self-contained page about an environment: its picture, and every check with its observation.
 *
 * @param picture - SVG, or undefined if the environment did not answer
 * @param writer - writes the commands of remedies for the reader
 */
export function environmentPage(
  picture: string | undefined,
  results: readonly CheckResult[],
  writer: CommandWriter = forNpm(),
): string {
  const heading = `Istio environment: ${checkCounts(results)}`;
  return htmlPage(
    heading,
    element("h1", {}, heading),
    picture === undefined
      ? paragraph("The environment did not answer, so there is no picture of it.")
      : figure(picture),
    htmlTable(
      results.map(({ step, title, outcome, evidence, remedy }) => [
        ["step", step === undefined ? "" : String(step)],
        ["result", element("span", { class: marks[outcome][0] }, marks[outcome][1])],
        ["check", title],
        ["observed", remedy ? `${evidence}; fix: ${writeRemedy(remedy, writer)}` : evidence],
      ]),
    ),
  );
}
