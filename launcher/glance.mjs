// @ts-check
import { readFileSync } from "node:fs";
import { capture } from "./process.mjs";

/**
 * The stack that the arguments name, as far as it can be known before the dependencies are installed.
 *
 * @param {readonly string[]} args
 */
function stackIn(args) {
  const at = args.findIndex((arg) => arg === "--stack" || arg.startsWith("--stack="));
  const named = at < 0 ? undefined : (args[at]?.split("=")[1] ?? args[at + 1]);
  const stack = named || process.env["PULUMI_STACK"] || "dev";
  return stack.slice(stack.lastIndexOf("/") + 1);
}

/** True if the stack may use an existing cluster, which needs no Docker. Nothing can parse YAML yet. @param {string} stack */
function mayUseExistingCluster(stack) {
  try {
    return /\bcluster["']?\s*:\s*["']?existing\b/.test(readFileSync(`Pulumi.${stack}.yaml`, "utf8"));
  } catch {
    return false;
  }
}

/**
 * Looks at Docker before anything is installed, in at most two seconds. `npm run doctor` has all other checks.
 *
 * @param {readonly string[]} args - of the command
 * @returns {Promise<string | undefined>} the problem and its remedy. A Docker that is slow to answer is no problem yet.
 */
export async function dockerProblem(args) {
  if (mayUseExistingCluster(stackIn(args))) return undefined;
  const { code, err } = await capture("docker", ["version", "--format", "{{.Server.Version}}"], 1500);
  if (code === 0 || code === "late") return undefined;
  if (code === "missing") return "is not installed; fix: install it: https://docs.docker.com/get-docker/";
  // https://github.com/moby/moby/blob/v28.5.2/client/request.go, doRequest; the status is 1 for every error
  if (/permission denied/i.test(err))
    return "may not be used by this user; fix: sudo usermod -aG docker $USER, then log in again";
  const host = process.env["DOCKER_HOST"];
  if (host) return `does not answer at DOCKER_HOST=${host}; fix: unset DOCKER_HOST, or start the Docker there`;
  return "is not running; fix: start Docker Desktop, or: sudo systemctl start docker";
}
