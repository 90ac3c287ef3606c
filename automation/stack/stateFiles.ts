import { copyFile, readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { programOf } from "../../host/processes";
import { exitCodes, OperationFailed } from "./operation";

/** A lock file of Pulumi's local state. */
interface Lock {
  readonly pid: number;
  readonly hostname: string;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Removes the locks that ended processes of this host left on the stack's local state.
 *
 * A lock is respected while its process is a Pulumi: another program may have got its number since.
 *
 * @param folder - where Pulumi keeps the locks of a local state
 * @throws OperationFailed where the process still runs, or ran on another host
 */
export async function recoverLocks(stack: string, folder: string, say: (line: string) => void): Promise<void> {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  for (const file of files.filter((name) => path.basename(path.dirname(name)) === stack && name.endsWith(".json"))) {
    const lock = parsed(await readFile(path.join(folder, file), "utf8")) as Lock | undefined;
    if (!lock) {
      await rm(path.join(folder, file));
      say("removed a lock that was half written");
      continue;
    }
    const { pid, hostname: host } = lock;
    if (host !== hostname() || (await programOf(pid))?.includes("pulumi"))
      throw new OperationFailed(
        `another operation on stack ${stack} is under way (process ${pid} on ${host}); wait for it, or end it and try again`,
        exitCodes.environment,
      );
    await rm(path.join(folder, file));
    say(`removed the lock of process ${pid}, which has ended`);
  }
}

/**
 * Mends the files of a stack's local state that a kill in the middle of a write left.
 *
 * Pulumi writes the attributes beside a state file by themselves, and then refuses an empty one with "failed to load
 * checkpoint: EOF"; without them it reads the state. A torn state file is replaced by the one before it.
 *
 * @param folder - where Pulumi keeps the stacks of a local state
 */
export async function mendStateFiles(stack: string, folder: string, say: (line: string) => void): Promise<void> {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(`${stack}.json`));
  const broken = async (name: string) =>
    files.includes(name) && parsed(await readFile(path.join(folder, name), "utf8")) === undefined;
  for (const name of files) {
    const torn = /\.[0-9a-f]{16}\.tmp$/.test(name) || (name.endsWith(".attrs") && (await broken(name)));
    if (!torn) continue;
    await rm(path.join(folder, name));
    say(`removed ${name}, which was half written`);
  }
  const [current, backup] = [`${stack}.json`, `${stack}.json.bak`];
  if ((await broken(current)) && files.includes(backup) && !(await broken(backup))) {
    await copyFile(path.join(folder, backup), path.join(folder, current));
    await rm(path.join(folder, `${current}.attrs`), { force: true });
    say(`restored ${current}, which was half written, from the state before it`);
  }
}
