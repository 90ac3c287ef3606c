// @ts-check
/**
 * Starts every npm command, also in a fresh clone: rejects options that npm kept for itself, looks at Docker, installs the
 * dependencies, and runs automation/cli/main.ts. It uses nothing but Node.
 */
import { exitWith } from "./exit.mjs";
import { dockerProblem } from "./glance.mjs";
import { areDependenciesInstalled, installDependencies } from "./install.mjs";
import launcher from "./run.cjs";
import { swallowedOption } from "./swallowed.mjs";

const exitConfig = 2;
const exitEnvironment = 4;

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
