// @ts-check
import * as checks from "./checks.mjs";
import { mayBeExisting, versions } from "./settings.mjs";

/** @typedef {import("./checks.mjs").Finding} Finding */

/**
 * What can be seen of this machine before the dependencies are installed: Node and Docker, in at most two seconds. The
 * rest is automation/commands/doctor/, which reads the configuration.
 *
 * @param {string} stack
 * @returns {Promise<Finding[]>}
 */
export async function glance(stack) {
  const node = checks.node({ versions: versions() });
  return mayBeExisting(stack) ? [node] : [node, await checks.docker()];
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
