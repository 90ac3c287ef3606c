import { junitReport } from "../../../model/checks/result";
import type { CommandWriter } from "../../../model/output/remedy";
import type { UpgradeEntry } from "../../../model/upgrade/journal";
import { upgradePage, upgradePicture } from "../../../model/upgrade/page";
import { upgradeSummary } from "../../../model/upgrade/report";
import { resultsOf } from "../../../model/upgrade/results";
import { writeReportFiles } from "../../stack/reportFiles";

/** Writes the report of an upgrade. A report that cannot be written changes nothing about how the upgrade ended. */
export async function writeReport(
  entries: readonly UpgradeEntry[],
  say: (line: string) => void,
  commands: CommandWriter,
): Promise<void> {
  say(`\n${upgradeSummary(entries, undefined, commands)}`);
  await writeReportFiles(
    "upgrade",
    () => ({
      json: `${JSON.stringify(entries, null, 2)}\n`,
      xml: junitReport(resultsOf(entries), "upgrade"),
      svg: upgradePicture(entries) ?? "",
      html: upgradePage(entries),
    }),
    say,
  );
}
