import { readdirSync, readFileSync } from "node:fs";
import { caseLines, reportText } from "../../model/trial/report/report";
import type { Report } from "../../model/trial/report/result";

export const examplesPage = "docs/try-examples.md";
export const topics: readonly string[] = readdirSync("examples/mesh").sort();

const head = `# Examples of mesh tests

Each folder of [examples/mesh](../examples/mesh) is a test that you can run and change. Below each command stands what it
prints, without the time that it takes. The end-to-end tests run every example and compare its output with this page.
`;

/** An output without what differs from run to run: times, addresses of pods, and the random part of their names. */
const steady = (text: string): string =>
  text
    .replaceAll(/ \(\d+\.\d s\)/g, "")
    .replaceAll(/-[a-f0-9]{8,10}-[a-z0-9]{5}\b/g, "-…")
    .replaceAll(/\b10\.4[23]\.\d+\.\d+\b/g, "10.42.0.…")
    .trimEnd();

/** The output of a run as its command prints it. */
export const outputOf = (report: Report): string =>
  steady([...report.results.flatMap(caseLines), reportText(report)].join("\n"));

const section = (topic: string, output: string): string =>
  `## ${topic}\n\n\`\`\`sh\nnpm run try -- examples/mesh/${topic}\n\`\`\`\n\n\`\`\`\n${steady(output)}\n\`\`\`\n`;

/** The page with the output of each example. */
export const pageOf = (outputs: ReadonlyMap<string, string>): string =>
  [head, ...topics.map((topic) => section(topic, outputs.get(topic) ?? "not run"))].join("\n");

/** Outputs that the page shows, by topic. */
export function shownOutputs(): Map<string, string> {
  const text = readFileSync(examplesPage, "utf8");
  const sections = text.matchAll(/^## (\S+)\n\n```sh\n.*\n```\n\n```\n([\s\S]*?)\n```$/gm);
  return new Map([...sections].map(([, topic = "", output = ""]) => [topic, output]));
}
