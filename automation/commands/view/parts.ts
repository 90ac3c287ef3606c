import { readFile, stat } from "node:fs/promises";
import type { Api } from "../../../host/kubernetes";
import { rolloutPicture } from "../../../model/canary/chart/page";
import { rolloutSummary } from "../../../model/canary/report";
import { app, meshNamespace, metallbNamespace } from "../../../model/names";
import { upgradePicture } from "../../../model/upgrade/page";
import { upgradeSummary } from "../../../model/upgrade/report";
import { type LivePeerAuthentication, liveModes, mtlsRows } from "../../../model/view/liveModes";
import { type Pod, podRow } from "../../../model/view/pods";
import type { Certificate, MtlsRow, PodRow, ProgressPart, TrialPart, ViewPart } from "../../../model/view/state";
import { commandsFor } from "../../stack/project";
import { rolloutsFolder, routeHolder } from "../../stack/routeLock";
import type { RunningEnvironment } from "../../stack/runningEnvironment";
import { rolloutJournals } from "../rollout/journal";
import { upgradeJournals } from "../upgrade/journal";
import { servedCertificate } from "../verify/picture";

interface List<Item> {
  readonly items: readonly Item[];
}
type Reads = Pick<Api, "get">;
const tryReport = "report/try.json";

/** Reads one part of the page. A part that cannot be read is unknown, with the reason, and the others still show. */
export async function readPart<Value>(read: () => Promise<Value>): Promise<ViewPart<Value>> {
  try {
    return { value: await read() };
  } catch (error) {
    return { unknown: (error as Error).message };
  }
}

export async function readMtls(
  api: Reads,
  { mtlsPort, ...settings }: RunningEnvironment["settings"],
): Promise<MtlsRow[]> {
  const { items } = await api.get<List<LivePeerAuthentication>>("/apis/security.istio.io/v1/peerauthentications");
  return mtlsRows(liveModes(items, mtlsPort), settings);
}

export async function readPods(api: Reads): Promise<PodRow[]> {
  const { items } = await api.get<List<Pod>>("/api/v1/pods");
  const namespaces: readonly string[] = [app.namespace, meshNamespace, metallbNamespace];
  return items.filter(({ metadata }) => namespaces.includes(metadata.namespace)).map(podRow);
}

export async function readCertificate(environment: RunningEnvironment): Promise<Certificate> {
  const { until, ...rest } = await servedCertificate(environment);
  return { ...rest, until: new Date(until) };
}

export async function readRollout(stack: string): Promise<ProgressPart> {
  const entries = await rolloutJournals.read(stack);
  const holder = await routeHolder(rolloutsFolder, stack, "rollout");
  return {
    text: rolloutSummary(entries, holder?.pid, commandsFor(stack)),
    picture: rolloutPicture(entries),
    isRunning: holder !== undefined,
  };
}

export async function readUpgrade(stack: string): Promise<ProgressPart | undefined> {
  const entries = await upgradeJournals.read(stack);
  if (entries.length === 0) return undefined;
  const holder = await routeHolder(rolloutsFolder, stack, "upgrade");
  return {
    text: upgradeSummary(entries, holder?.pid, commandsFor(stack)),
    picture: upgradePicture(entries),
    isRunning: holder !== undefined,
  };
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
