import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { forgetRevision, helmRevisions } from "../k3d/api";
import { run } from "../k3d/run";
import { meshNamespace, metallbNamespace, project } from "../model/names";
import { abandoned } from "../model/releases";
import { parseSettings } from "../model/settings";
import { exitCodes, OperationFailed } from "./operation";

/** A lock file of Pulumi's local state. */
interface Lock {
  readonly pid: number;
  readonly hostname: string;
}

interface StateResource {
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** Whether a process of this host is a Pulumi that runs: not a zombie, and not another that got its number since. */
async function runs(pid: number): Promise<boolean> {
  const row = await run("ps", ["-o", "state=,comm=", "-p", String(pid)]).catch(() => "");
  return /^\s*[^ZX\s]\S*\s+.*pulumi/.test(row);
}

/** Helm releases that the stack's state knows, as NAMESPACE/NAME. */
async function knownReleases(stack: Stack): Promise<Set<string>> {
  const { deployment } = await stack.exportStack();
  const resources = (deployment as { resources?: readonly StateResource[] } | null)?.resources ?? [];
  const releases = resources.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
  return new Set(releases.map(({ inputs }) => `${inputs?.["namespace"]}/${inputs?.["name"]}`));
}

/**
 * Forgets Helm revisions that a killed operation left: those still pending, and those of releases that the state does
 * not know. Helm refuses to install over either, and adopts what they installed once they are forgotten.
 */
async function recoverReleases(stack: Stack, say: (line: string) => void): Promise<void> {
  const settings = parseSettings(await plainConfig(stack)).settings;
  if (!settings) return;
  const known = await knownReleases(stack);
  const found = [metallbNamespace, meshNamespace].map((namespace) => helmRevisions(settings.clusterName, namespace));
  // a cluster that is gone or stopped has nothing to recover here: the up makes or starts it
  const revisions = (await Promise.all(found).catch(() => [])).flat();
  for (const revision of abandoned(revisions, known)) {
    await forgetRevision(settings.clusterName, revision);
    say(`forgot the ${revision.status} Helm release ${revision.namespace}/${revision.release} of a killed operation`);
  }
}

async function plainConfig(stack: Stack): Promise<Record<string, string>> {
  const config = await stack.getAllConfig();
  return Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key.replace(`${project}:`, ""), value]));
}

/** Makes a stack usable again after a killed operation: its lock and its Helm releases. */
export async function recover(stack: Stack, say: (line: string) => void): Promise<void> {
  await recoverLocks(stack.name, path.join(process.cwd(), ".state", ".pulumi", "locks"), say);
  await recoverReleases(stack, say);
}

/**
 * Removes the locks that ended processes of this host left on the stack's local state.
 *
 * @param folder - where Pulumi keeps the locks of a local state
 * @throws OperationFailed where the process still runs, or ran on another host
 */
export async function recoverLocks(stack: string, folder: string, say: (line: string) => void): Promise<void> {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  for (const file of files.filter((name) => path.basename(path.dirname(name)) === stack && name.endsWith(".json"))) {
    const { pid, hostname: host } = JSON.parse(await readFile(path.join(folder, file), "utf8")) as Lock;
    if (host !== hostname() || (await runs(pid)))
      throw new OperationFailed(
        `another operation on stack ${stack} is under way (process ${pid} on ${host}); wait for it, or end it and try again`,
        exitCodes.environment,
      );
    await rm(path.join(folder, file));
    say(`removed the lock of process ${pid}, which has ended`);
  }
}
