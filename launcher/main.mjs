// @ts-check
/**
 * Starts every npm command, also in a fresh clone: rejects options that npm kept for itself, looks at Docker, installs the
 * dependencies, and runs automation/cli/main.ts. It uses nothing but Node.
 */
import { existsSync, statSync } from "node:fs";
import { exitWith } from "./exit.mjs";
import { dockerProblem } from "./glance.mjs";
import { exec } from "./process.mjs";
import launcher from "./run.cjs";
import { swallowedOption } from "./swallowed.mjs";

const exitConfig = 2;
const exitEnvironment = 4;

/** @param {string} file */
const age = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

function areDependenciesInstalled() {
  const installed = age("node_modules/.package-lock.json");
  return installed > 0 && installed >= age("package-lock.json");
}

/** Installs the dependencies. Standard output stays free, because a shell may evaluate it. */
async function installDependencies() {
  process.stderr.write("installing dependencies\n");
  const status = await exec("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"]);
  if (status !== 0) throw new Error("npm ci failed; its messages are above");
}

async function run() {
  const [action = "up", ...args] = process.argv.slice(2);
  const swallowed = swallowedOption(action, args);
  if (swallowed) {
    process.stderr.write(`${swallowed}\n`);
    return exitConfig;
  }
  if (!areDependenciesInstalled()) {
    const problem = ["up", "doctor"].includes(action) ? await dockerProblem(args) : undefined;
    if (problem) {
      process.stdout.write(`this machine is not ready, nothing was created:\nfailed  docker  ${problem}\n`);
      return exitEnvironment;
    }
    await installDependencies();
  }
  if (action === "install") return 0;
  await import("./deferSdkClosure.cjs");
  /** @type {typeof import("../automation/cli/main")} */
  const { main } = launcher.load("automation/cli/main");
  return main(action, args);
}

exitWith(run(), exitEnvironment);
