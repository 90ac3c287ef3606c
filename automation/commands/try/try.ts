import { run as npm, remedy } from "../../../model/output/remedy";
import type { Source } from "../../../model/trial/manifests/source";
import { changesBetween, changesText } from "../../../model/trial/report/compare";
import { caseLines, reportText } from "../../../model/trial/report/report";
import type { CaseResult, Report } from "../../../model/trial/report/result";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { commandsFor } from "../../stack/project";
import { runningEnvironment } from "../../stack/runningEnvironment";
import { openStack } from "../../stack/stack";
import { removingAfterwards } from "./during";
import { prepareRun } from "./prepare";
import { removeTrial } from "./remove";
import { writeReport } from "./reportFiles";
import { earlierResults, sourcesAt } from "./revision";
import { runOnce, type Say } from "./run";
import { readSources } from "./sources";
import { withTrialLock } from "./state";

export interface TryOptions {
  readonly files: readonly string[];
  /** Leaves everything in the cluster. */
  readonly keep: boolean;
  /** Git revision whose files the same cases are run on first. */
  readonly against?: string | undefined;
}

/** @throws OperationFailed with 1 if a case failed, with 3 if one could not be measured */
export function refuseResults(results: readonly CaseResult[]): void {
  const any = (outcome: CaseResult["outcome"]) => results.some((result) => result.outcome === outcome);
  if (any("fail")) throw new OperationFailed("not every case is as expected", exitCodes.failed);
  if (any("unknown")) throw new OperationFailed("not every case could be measured", exitCodes.inconclusive);
}

/**
 * Applies the user's own mesh configuration to a running environment, sends the requests of its test files, reports what
 * each got and why, and removes everything again.
 *
 * @throws OperationFailed for input that is wrong, and for a machine or cluster that is not ready
 */
export async function tryFiles(stackName: string, { files, keep, against }: TryOptions, say: Say): Promise<Report> {
  if (files.length === 0)
    throw new OperationFailed(
      remedy`give a folder or file: ${npm("try", "FOLDER")}; examples are in examples/mesh`,
      exitCodes.config,
    );
  const sources = await readSources(files);
  const earlier = against === undefined ? undefined : await sourcesAt(against, files, sources);
  return withTrialLock(stackName, say, async () => {
    // problems of the files are reported before any other requirement
    await prepareRun(stackName, sources, files);
    return removingAfterwards(stackName, { keep, applies: earlier !== undefined }, say, async (run) => {
      const { environment, during } = run;
      const tryEarlier = (from: readonly Source[]) =>
        runOnce(environment, stackName, from, files, say, { during, earlier: true });
      const before = earlier && (await earlierResults(against ?? "", earlier, () => tryEarlier(earlier), say));
      const plain = await runOnce(environment, stackName, sources, files, say, { during });
      const report =
        before && against !== undefined ? { ...plain, against, changes: changesBetween(before, plain.results) } : plain;
      for (const result of report.results) for (const line of caseLines(result)) say(line);
      say(reportText(report));
      if (report.changes) say(`\n${changesText(report.against ?? "", report.changes)}`);
      await writeReport(report);
      if (keep)
        say(
          `kept in the cluster; the next run updates it, and ${commandsFor(stackName)(npm("try", "--remove"))} removes it`,
        );
      return report;
    });
  });
}

/** Removes what a run with `keep` left. */
export async function removeTries(stackName: string, say: Say): Promise<void> {
  await withTrialLock(stackName, say, async () => {
    const environment = await runningEnvironment(await openStack(stackName), exitCodes.environment);
    await removeTrial(environment, stackName, say);
  });
  say("nothing of a run is left");
}
