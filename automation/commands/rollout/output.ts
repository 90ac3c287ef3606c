import { access, constants, mkdir, writeFile } from "node:fs/promises";
import { rolloutPage, rolloutPicture } from "../../../model/canary/chart/page";
import type { Entry } from "../../../model/canary/plan";
import { rolloutSummary } from "../../../model/canary/report";
import type { Writer } from "../../../model/output/remedy";

const folder = "report";
const reasonOf = (error: unknown): string => (error as Error).message;

/** Says before the first step that the report cannot be written, so that the user may still change it. */
export async function checkReport(say: (line: string) => void): Promise<void> {
  await mkdir(folder, { recursive: true })
    .then(() => access(folder, constants.W_OK))
    .catch((error) => say(`warning: this rollout will have no report: ${reasonOf(error)}`));
}

/** Writes the report of a rollout. A report that cannot be written changes nothing about how the rollout ended. */
export async function writeReport(
  entries: readonly Entry[],
  say: (line: string) => void,
  commands: Writer,
): Promise<void> {
  say(`\n${rolloutSummary(entries, undefined, commands)}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/rollout.json`, `${JSON.stringify(entries, null, 2)}\n`);
    await writeFile(`${folder}/rollout.svg`, rolloutPicture(entries) ?? "");
    await writeFile(`${folder}/rollout.html`, rolloutPage(entries));
    say(`\n${folder}/rollout.html shows the rollout in a browser, ${folder}/rollout.json has every number`);
  } catch (error) {
    say(`warning: the report could not be written: ${reasonOf(error)}`);
  }
}
