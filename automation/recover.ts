import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { exitCodes, OperationFailed } from "./operation";

/** A lock file of Pulumi's local state. */
interface Lock {
  readonly pid: number;
  readonly hostname: string;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Removes the locks that ended processes of this host left on the stack's local state.
 *
 * @throws OperationFailed where the process still runs, or ran on another host
 */
export async function recover(stack: Stack, say: (line: string) => void): Promise<void> {
  const folder = path.join(process.cwd(), ".state", ".pulumi", "locks");
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  for (const file of files.filter(
    (name) => path.basename(path.dirname(name)) === stack.name && name.endsWith(".json"),
  )) {
    const { pid, hostname: host } = JSON.parse(await readFile(path.join(folder, file), "utf8")) as Lock;
    if (host !== hostname() || alive(pid))
      throw new OperationFailed(
        `another operation on stack ${stack.name} is under way (process ${pid} on ${host}); wait for it, or end it and try again`,
        exitCodes.environment,
      );
    await rm(path.join(folder, file));
    say(`removed the lock of process ${pid}, which has ended`);
  }
}
