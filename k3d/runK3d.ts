import { rm } from "node:fs/promises";
import { createPrivateFolder, removeAbandonedFolders } from "../host/privateFolder";
import { capture } from "../host/process";
import type { Owner } from "../model/cluster/ownership";

/** Start of the names of the temporary folders for a stack. */
const prefixOf = ({ id }: Owner): string => `istio-on-k3d-${id}-`;

/** Removes the temporary files that killed commands of k3d left for a stack. */
export const removeK3dLeftovers = (owner: Owner): Promise<void> => removeAbandonedFolders(prefixOf(owner));

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
  await removeK3dLeftovers(owner);
  const folder = await createPrivateFolder(prefixOf(owner));
  if (folder === undefined) return capture("k3d", args, options);
  const env = { ...process.env, TMPDIR: folder };
  return capture("k3d", args, { ...options, env }).finally(() => rm(folder, { recursive: true, force: true }));
}
