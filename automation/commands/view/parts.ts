import { readFile, stat } from "node:fs/promises";
import { type Api, listOf } from "../../../host/kubernetes";
import { rolloutPicture } from "../../../model/canary/chart/page";
import { rolloutProgress } from "../../../model/canary/report";
import { app, meshNamespace, metallbNamespace } from "../../../model/names";
import { upgradePicture } from "../../../model/upgrade/page";
import { upgradeProgress } from "../../../model/upgrade/report";
import { type LivePeerAuthentication, liveModes, mtlsRows } from "../../../model/view/liveModes";
import { type Pod, podRow } from "../../../model/view/pods";
import type {
  Certificate,
  MtlsRow,
  PodRow,
  ProgressPart,
  TrialPart,
  TrialsPart,
  ViewPart,
} from "../../../model/view/state";
import { commandsFor } from "../../stack/project";
import { rolloutsFolder, routeHolder } from "../../stack/routeLock";
import type { RunningEnvironment } from "../../stack/runningEnvironment";
import { rolloutJournals } from "../rollout/journal";
import { upgradeJournals } from "../upgrade/journal";
import { servedCertificate } from "../verify/picture";

type Reads = Pick<Api, "get">;
const tryReport = "report/try.json";

/** Reads one part of the page. A part that cannot be read is unknown, with the reason, and the others still show. */
export async function readPart<Value>(read: () => Promise<Value>): Promise<ViewPart<Value>> {
  try {
    return { value: await read() };
  } catch (error) {
    return { unknown: reasonText((error as Error).message) };
  }
}

const reasonText = (message: string): string =>
  message.replace(/^connect ECONNREFUSED (\S+)$/, "nothing listens at $1; the cluster may be stopped");

export async function readMtls(
  api: Reads,
  { mtlsPort, ...settings }: RunningEnvironment["settings"],
): Promise<MtlsRow[]> {
  const policies = await listOf<LivePeerAuthentication>(api, "/apis/security.istio.io/v1/peerauthentications");
  return mtlsRows(liveModes(policies, mtlsPort), settings);
}

export async function readPods(api: Reads): Promise<PodRow[]> {
  const pods = await listOf<Pod>(api, "/api/v1/pods");
  const namespaces: readonly string[] = [app.namespace, meshNamespace, metallbNamespace];
  return pods.filter(({ metadata }) => namespaces.includes(metadata.namespace)).map(podRow);
}

export async function readCertificate(environment: RunningEnvironment): Promise<Certificate> {
  const { until, ...rest } = await servedCertificate(environment);
  return { ...rest, until: new Date(until) };
}

export async function readRollout(stack: string): Promise<ProgressPart | undefined> {
  const entries = await rolloutJournals.read(stack);
  const holder = await routeHolder(rolloutsFolder, stack, "rollout");
  const progress = rolloutProgress(entries, holder?.pid, commandsFor(stack));
  return progress && { ...progress, picture: rolloutPicture(entries), isRunning: holder !== undefined };
}

export async function readUpgrade(stack: string): Promise<ProgressPart | undefined> {
  const entries = await upgradeJournals.read(stack);
  const holder = await routeHolder(rolloutsFolder, stack, "upgrade");
  const progress = upgradeProgress(entries, holder?.pid, commandsFor(stack));
  return progress && { ...progress, picture: upgradePicture(entries), isRunning: holder !== undefined };
}

/** The run of `npm run try` that is under way, and the report of the last one. */
export async function readTrials(stack: string): Promise<TrialsPart> {
  const holder = await routeHolder(rolloutsFolder, stack, "test");
  return { process: holder?.pid, last: await readTrial(stack) };
}

/** Summary of the report that the last `npm run try` wrote. Undefined when it is not of this stack, or there is none. */
export async function readTrial(stack: string, file = tryReport): Promise<TrialPart | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const report = JSON.parse(text) as { folder: string; stack: string; results: readonly { outcome: string }[] };
  if (report.stack !== stack) return undefined;
  const { folder, results } = report;
  const count = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
  const at = (await stat(file)).mtime;
  return { folder, passed: count("pass"), failed: count("fail"), unknown: count("unknown"), at };
}
