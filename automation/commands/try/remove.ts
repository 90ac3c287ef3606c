import { rm } from "node:fs/promises";
import { type Api, ifFound, listOf } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { markersPath } from "../../../model/trial/marker";
import { trialLabel } from "../../../model/trial/standIns/pods";
import { configInFile } from "../../stack/fileSettings";
import { exitCodes, OperationFailed } from "../../stack/operation";
import type { RunningEnvironment } from "../../stack/runningEnvironment";
import { restoreObjects } from "./overrides";
import { destroyTrial, hasTrial, openTrial } from "./pulumi";
import { trialFolder } from "./state";

interface Deletable {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
}

const namespacesPath = "/api/v1/namespaces";

/** Seconds in which namespaces with all that lives in them go. */
const timeout = 120;

/** Objects of mesh tests. None if the cluster lacks Istio's CRDs, and so has no marker either. */
const ofTrials = async (api: Api, path: string, selector: string): Promise<readonly Deletable[]> =>
  (await ifFound(listOf<Deletable>(api, path, selector))) ?? [];

/** Waits until no namespace of an earlier run is on its way out: one cannot be made again before it is gone. */
export async function waitForNamespaces(api: Api): Promise<void> {
  const left = await poll(
    timeout,
    async () => (await ofTrials(api, namespacesPath, trialLabel)).filter(({ metadata }) => metadata.deletionTimestamp),
    (going) => going.length === 0,
  );
  if (left.length > 0)
    throw new OperationFailed(
      `namespace ${left.map(({ metadata }) => metadata.name).join(", ")} is not gone after ${timeout} s`,
      exitCodes.environment,
    );
}

/** Removes everything that runs of a stack made, also what a killed one left, and puts the environment back. */
export async function removeTrial(
  { api }: Pick<RunningEnvironment, "api">,
  stackName: string,
  say: (line: string) => void,
): Promise<void> {
  await restoreObjects(api, stackName);
  await destroyTrial(await openTrial(stackName, say));
  // what a kill kept out of Pulumi's state still has its label
  for (const path of [namespacesPath, markersPath]) {
    for (const { metadata } of await ofTrials(api, path, `${trialLabel}=${stackName}`))
      if (!metadata.deletionTimestamp) await api.remove(`${path}/${metadata.name}`);
  }
  await waitForNamespaces(api);
}

/**
 * Takes what a kept run left along with its environment. A cluster of the environment's own goes as a whole, so only
 * Pulumi's state of the run is removed; in a cluster of the user's its resources are deleted.
 */
export async function forgetTrial(stackName: string, say: (line: string) => void): Promise<void> {
  if (!hasTrial(stackName)) return;
  const trial = await openTrial(stackName, say);
  if ((await configInFile(stackName)).texts["cluster"] === "existing") await destroyTrial(trial);
  await trial.workspace.removeStack(stackName, { force: true });
  await rm(trialFolder(stackName), { recursive: true, force: true });
}
