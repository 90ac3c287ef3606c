import { access, constants, mkdir } from "node:fs/promises";
import { messageOf } from "../../../host/failure";
import { rolloutPage, rolloutPicture } from "../../../model/canary/chart/page";
import type { RolloutEntry } from "../../../model/canary/plan";
import { rolloutSummary } from "../../../model/canary/report";
import type { CommandWriter } from "../../../model/output/remedy";
import { writeReportFiles } from "../../stack/reportFiles";

const folder = "report";

/** Says before the first step that the report cannot be written, so that the user may still change it. */
export async function checkReport(say: (line: string) => void): Promise<void> {
  await mkdir(folder, { recursive: true })
    .then(() => access(folder, constants.W_OK))
    .catch((error) => say(`warning: this rollout will have no report: ${messageOf(error)}`));
}

/** Writes the report of a rollout. A report that cannot be written changes nothing about how the rollout ended. */
export async function writeReport(
  entries: readonly RolloutEntry[],
  say: (line: string) => void,
  commands: CommandWriter,
): Promise<void> {
  say(`\n${rolloutSummary(entries, undefined, commands)}`);
  await writeReportFiles(
    "rollout",
    () => ({
      json: `${JSON.stringify(entries, null, 2)}\n`,
      svg: rolloutPicture(entries) ?? "",
      html: rolloutPage(entries),
    }),
    say,
  );
}
