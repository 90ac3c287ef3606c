// @ts-check
import { ask } from "./command.mjs";

/**
 * One thing that was looked at.
 *
 * @typedef {{ name: string, state: "ok" | "warning" | "problem", found: string, fix?: string }} Finding
 */

/** @param {string} name @param {string} found @returns {Finding} */
export const ok = (name, found) => ({ name, state: "ok", found });
/** @param {string} name @param {string} found @param {string} fix @returns {Finding} */
export const problem = (name, found, fix) => ({ name, state: "problem", found, fix });
/** @param {string} name @param {string} found @param {string} fix @returns {Finding} */
export const warning = (name, found, fix) => ({ name, state: "warning", found, fix });

/** @param {string} version @param {string} least */
export function atLeast(version, least) {
  const [a, b] = [version, least].map((text) => text.split(".").map(Number));
  for (const [i, part] of (b ?? []).entries()) if ((a?.[i] ?? 0) !== part) return (a?.[i] ?? 0) > part;
  return true;
}

/** @param {{ versions: typeof import("../versions.json") }} settings @param {string} [running] @returns {Finding} */
export function node({ versions }, running = process.versions.node) {
  const least = versions.supported.minimum.node;
  return atLeast(running, least)
    ? ok("node", running)
    : problem("node", `${running} is too old`, `install Node ${least} or newer from https://nodejs.org`);
}

/**
 * A quick look at Docker, before anything is installed. One that is slow to answer is no problem yet: the doctor waits.
 *
 * @returns {Promise<Finding>}
 */
export async function docker() {
  const { code, out, err } = await ask("docker", ["version", "--format", "{{.Server.Version}}"]);
  if (code === 0) return ok("docker", out.trim());
  if (code === "missing")
    return problem("docker", "is not installed", "install it: https://docs.docker.com/get-docker/");
  if (code === "slow") return warning("docker", "does not answer at once", "start or restart Docker");
  if (/permission denied/i.test(err))
    return problem("docker", "may not be used by this user", "sudo usermod -aG docker $USER, then log in again");
  return problem("docker", "is not running", "start Docker Desktop, or: sudo systemctl start docker");
}
