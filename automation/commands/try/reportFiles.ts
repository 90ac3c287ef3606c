import { mkdir, writeFile } from "node:fs/promises";
import { changesMarkdown } from "../../../model/trial/report/compare";
import { tryPage } from "../../../model/trial/report/html";
import { tryJunit } from "../../../model/trial/report/junit";
import type { Report } from "../../../model/trial/report/result";

/** Writes report/try.json, try.xml (JUnit) and try.html, and after a comparison try.md, for a pull request. */
export async function writeReport(report: Report): Promise<void> {
  await mkdir("report", { recursive: true });
  await Promise.all([
    writeFile("report/try.json", `${JSON.stringify(report, null, 2)}\n`),
    writeFile("report/try.xml", tryJunit(report)),
    writeFile("report/try.html", tryPage(report, new Date())),
    ...(report.changes
      ? [writeFile("report/try.md", changesMarkdown(report.against ?? "", report.changes, report.results))]
      : []),
  ]);
}
