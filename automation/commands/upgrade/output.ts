import { mkdir, writeFile } from "node:fs/promises";
import { junit } from "../../../model/checks/result";
import type { Writer } from "../../../model/output/remedy";
import type { Entry } from "../../../model/upgrade/journal";
import { upgradePage, upgradePicture } from "../../../model/upgrade/page";
import { upgradeSummary } from "../../../model/upgrade/report";
import { resultsOf } from "../../../model/upgrade/results";

const folder = "report";

/** Writes the report of an upgrade. A report that cannot be written changes nothing about how the upgrade ended. */
export async function writeReport(
  entries: readonly Entry[],
  say: (line: string) => void,
  commands: Writer,
): Promise<void> {
  say(`\n${upgradeSummary(entries, undefined, commands)}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/upgrade.json`, `${JSON.stringify(entries, null, 2)}\n`);
    await writeFile(`${folder}/upgrade.xml`, junit(resultsOf(entries), "upgrade"));
    await writeFile(`${folder}/upgrade.svg`, upgradePicture(entries) ?? "");
    await writeFile(`${folder}/upgrade.html`, upgradePage(entries));
    say(`\n${folder}/upgrade.html shows the upgrade in a browser, ${folder}/upgrade.json has every number`);
  } catch (error) {
    say(`warning: the report could not be written: ${(error as Error).message}`);
  }
}
