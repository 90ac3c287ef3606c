import { readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { exitCodes, OperationFailed } from "../../host/failure";
import { ownIdentity, type ProcessIdentity, pidNamespace, processAt, seesAllProcesses } from "../../host/processes";
import { parseJson } from "../../model/json";
import { backendFolder, namesIn, stackIdentity } from "./backend";

/** A lock file of Pulumi's local state (pkg/backend/diy/lock.go). */
interface StateLock {
  readonly pid: number;
  readonly hostname: string;
  readonly timestamp: string;
}

/** The last namespace of process ids whose commands used a state. */
interface Usage extends Pick<ProcessIdentity, "boot" | "namespace"> {
  readonly since: string;
}

const readUsage = async (file: string): Promise<Usage | undefined> =>
  parseJson<Usage>(await readFile(file, "utf8").catch(() => ""));

/** Records that commands of this namespace use the state; a lock names a process without its namespace. */
async function recordUsage(file: string): Promise<void> {
  const [before, { boot, namespace }] = await Promise.all([readUsage(file), ownIdentity()]);
  if (before && before.boot === boot && before.namespace === namespace) return;
  const usage: Usage = { boot, namespace, since: new Date().toISOString() };
  // without a state there is nothing to lock, and a rollback goes on when the disk is full
  await writeFile(file, JSON.stringify(usage), { mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (!["ENOENT", "ENOSPC", "EDQUOT", "EROFS"].includes(error.code ?? "")) throw error;
  });
}

/** True if the lock's process would be visible here: a container and its host can share a name, but not their processes. */
function isVisible({ timestamp }: StateLock, usage: Usage | undefined): boolean {
  const sameNamespace = usage === undefined || usage.namespace === pidNamespace();
  if (seesAllProcesses()) return sameNamespace;
  return usage !== undefined && sameNamespace && Date.parse(timestamp) >= Date.parse(usage.since);
}

/** State of the process that made a lock. Pulumi's locks hold no start time, so any Pulumi with its number counts as it. */
async function stateOfLock(lock: StateLock, usage: Usage | undefined): Promise<"running" | "ended" | "unknown"> {
  if (lock.hostname !== hostname() || !isVisible(lock, usage)) return "unknown";
  const { state, program } = await processAt(lock.pid);
  if (state !== "running" || program === undefined) return state;
  return program.includes("pulumi") ? "running" : "ended";
}

const remedies = {
  running: (stack: string, { pid }: StateLock) =>
    `wait for it, or end it: kill ${pid}; if that is another program by now: ${cancelCommand(stack)}`,
  unknown: (stack: string) => `this machine cannot see that process; if it has ended: ${cancelCommand(stack)}`,
};
const cancelCommand = (stack: string): string => `npm run pulumi -- cancel --stack ${stack} --yes`;

/** A state in a folder of this machine. */
export interface StateFolder {
  /** Folder of Pulumi's local backend, which contains `.pulumi`. */
  readonly folder: string;
  readonly project: string;
  /** File that records whose commands use the state. */
  readonly usageFile: string;
}

/** Lock files of a stack: in a folder of its project, or of the stack alone where Pulumi keeps the layout without projects. */
async function lockFiles(stack: string, { folder, project }: Omit<StateFolder, "usageFile">): Promise<string[]> {
  const locks = path.join(folder, ".pulumi", "locks");
  const of = async (...parts: string[]) => {
    const place = path.join(locks, ...parts);
    return (await namesIn(place)).filter((name) => name.endsWith(".json")).map((name) => path.join(place, name));
  };
  return [...(await of("organization", project, stack)), ...(await of(stack))];
}

/** True if a process has the stack's lock. A backend that is not files says so only by refusing. */
export async function isLocked(stack: string): Promise<boolean> {
  const folder = backendFolder();
  if (folder === undefined) return true;
  const { project, name } = stackIdentity(stack);
  return (await lockFiles(name, { folder, project })).length > 0;
}

/**
 * Removes the locks that ended processes of this machine left on a stack's local state.
 *
 * @throws OperationFailed if a process still runs or cannot be observed, with the command that resolves it
 */
export async function recoverLocks(stack: string, state: StateFolder, say: (line: string) => void): Promise<void> {
  const usage = await readUsage(state.usageFile);
  for (const file of await lockFiles(stack, state)) {
    const text = await readFile(file, "utf8").catch(() => undefined);
    // its process has just ended
    if (text === undefined) continue;
    const lock = parseJson<StateLock>(text);
    if (!lock) {
      await rm(file, { force: true });
      say("removed a lock that was half written");
      continue;
    }
    const processState = await stateOfLock(lock, usage);
    if (processState !== "ended")
      throw new OperationFailed(
        `another operation on stack ${stack} is under way (process ${lock.pid} on ${lock.hostname}); ${remedies[processState](stack, lock)}`,
        exitCodes.environment,
      );
    await rm(file, { force: true });
    say(`removed the lock of process ${lock.pid}, which has ended`);
  }
  await recordUsage(state.usageFile);
}
