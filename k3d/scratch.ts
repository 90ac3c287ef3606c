import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../host/process";
import type { Owner } from "../model/cluster/ownership";

/** Folder that only this account reads. Its name stays the same, so that a later command removes what a killed one left. */
const folderOf = ({ id }: Owner): string => path.join(tmpdir(), `istio-on-k3d-${id}`);

/** Removes the temporary files of k3d's commands for a stack, also those of a killed command. */
export const removeScratch = (owner: Owner): Promise<void> => rm(folderOf(owner), { recursive: true, force: true });

/**
 * Runs a command of k3d, and removes its temporary files.
 *
 * k3d keeps the configuration of each `cluster create`, with the passwords of mirrors, and the hosts of each start
 * (https://github.com/k3d-io/k3d/blob/v5.9.0/cmd/util/config/config.go, os.CreateTemp).
 */
export async function runK3d(
  args: readonly string[],
  owner: Owner,
  options: { input?: string; seconds?: number },
): Promise<string> {
  const folder = folderOf(owner);
  await removeScratch(owner);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return run("k3d", args, { ...options, env: { ...process.env, TMPDIR: folder } }).finally(() => removeScratch(owner));
}
