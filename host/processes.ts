import { run } from "./process";

/** Name of the program that a process of this host runs; undefined when it has ended, also while it is a zombie. */
export async function programOf(pid: number | string): Promise<string | undefined> {
  const row = await run("ps", ["-o", "state=,comm=", "-p", String(pid)]).catch(() => "");
  return /^\s*[^ZX\s]\S*\s+(.*)/.exec(row)?.[1];
}
