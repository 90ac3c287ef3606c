// @ts-check
import * as checks from "./checks.mjs";
import * as host from "./hostChecks.mjs";
import { stackSettings } from "./settings.mjs";
import { findTools } from "./tools.mjs";

/** @typedef {import("./checks.mjs").Finding} Finding */

/**
 * Everything that an environment needs of this machine; under two seconds, changes nothing.
 *
 * @param {string} stack
 * @returns {Promise<Finding[]>}
 */
export async function examine(stack) {
  const settings = stackSettings(stack);
  if (settings.context !== undefined)
    return [
      checks.node(settings),
      ...(await findTools(settings.versions, ["pulumi"])),
      checks.context(settings.context),
    ];
  const docker = await checks.docker();
  const needsDocker =
    docker.state === "ok" ? [checks.cluster, host.networks, host.rootless, host.disk, host.cgroup] : [];
  const [ports, tools, ...rest] = await Promise.all([
    checks.ports(settings),
    findTools(settings.versions),
    ...needsDocker.map((check) => check(settings)),
  ]);
  return [checks.node(settings), docker, ...tools, ...ports, ...rest.flat(), ...host.inotify()];
}

/**
 * The findings as a table, problems with what to do about them.
 *
 * @param {readonly Finding[]} findings
 */
export function report(findings) {
  const marks = { ok: "ok     ", warning: "warning", problem: "problem" };
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings
    .map(
      ({ name, state, found, fix }) => `${marks[state]}  ${name.padEnd(width)}  ${found}${fix ? `; fix: ${fix}` : ""}`,
    )
    .join("\n");
}

/** @param {readonly Finding[]} findings */
export const problems = (findings) => findings.filter(({ state }) => state === "problem");
