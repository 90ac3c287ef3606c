// @ts-check
/** `npm start`: checks the machine, gets what is missing, then brings the environment up. Needs nothing but Node. */
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import launcher from "../launcher/run.cjs";
import { exportLines } from "../launcher/shell.mjs";
import { readArguments } from "./arguments.mjs";
import { backendVariables, ensureState, unknownStack } from "./backend.mjs";
import { usage } from "./commands.mjs";
import { debugRun, tellsAll } from "./debugRun.mjs";
import { glance, problems, report } from "./doctor.mjs";
import { exitWith } from "./exit.mjs";
import { readPulumiArguments } from "./pulumiArguments.mjs";
import { foreground } from "./run.mjs";
import { defaultStack, root, versions } from "./settings.mjs";
import { ensureTools, findTools, isThere, toolFolders, toolsPath } from "./tools.mjs";
import { forStack, warning } from "./wording.mjs";

const exitConfig = 2;
const exitEnvironment = 4;
const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);

/** @param {string} file */
const age = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

function dependenciesInstalled() {
  const installed = age(path.join(root, "node_modules", ".package-lock.json"));
  return installed > 0 && installed >= age(path.join(root, "package-lock.json"));
}

async function installDependencies() {
  if (dependenciesInstalled()) return;
  process.stderr.write("installing dependencies\n");
  const status = await foreground("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], process.env, [
    2,
    "inherit",
  ]);
  if (status !== 0) throw new Error("npm ci failed; its messages are above");
}

/** Returns false for a stack that is configured for a cluster of the user's own. @param {string} stack */
async function makesCluster(stack) {
  /** @type {typeof import("../automation/stack/fileSettings")} */
  const { configInFile } = launcher.load("automation/stack/fileSettings");
  const { texts } = await configInFile(stack);
  return texts["cluster"] !== "existing";
}

/**
 * Gets the tools that are missing and prepares the state; answers the variables that Pulumi needs.
 *
 * @param {string} stack
 * @param {object} [options]
 * @param {readonly import("./checks.mjs").Finding[] | undefined} [options.seen] - of the tools, if they were looked at already
 * @param {boolean} [options.k3d] - false for a command that does not need k3d
 */
async function environment(stack, { seen, k3d = true } = {}) {
  const pinned = versions();
  /** @type {import("./tools.mjs").Tool[]} */
  const names = k3d && (await makesCluster(stack)) ? ["pulumi", "k3d"] : ["pulumi"];
  const tools = seen
    ? seen.filter(({ name }) => names.some((tool) => tool === name))
    : // versions are looked at by npm start, which the other commands follow
      await findTools(
        pinned,
        names.filter((name) => !isThere(name)),
      );
  // standard output may be read by a shell
  await ensureTools(pinned, (line) => process.stderr.write(`${line}\n`), tools);
  return { ...process.env, ...backendVariables(), PATH: toolsPath() };
}

/** Commands of Pulumi that run the program or its scripts, and so need k3d. */
const running = new Set(["up", "update", "preview", "pre", "refresh", "destroy", "down", "dn", "watch"]);
/** Commands that need a stack, and do not make it. */
const needsStack = new Set(["verify", "rollout", "token", "trust", "bundle", "recover", "bench"]);
/** Commands of the driver that run the program or its scripts. */
const changing = new Set(["up", "rollout", "destroy", "bench", "faults"]);

/** Prints what plain Pulumi needs: `eval "$(npm run --silent env)"`. @param {string} stack */
async function printEnvironment(stack) {
  await environment(stack, { k3d: false });
  await ensureState();
  say(exportLines(toolFolders, backendVariables()));
  return 0;
}

/** Runs Pulumi itself. @param {string[]} rest - its arguments */
async function pulumi(rest) {
  const stack = readPulumiArguments(rest).stack ?? defaultStack();
  Object.assign(process.env, await environment(stack, { k3d: rest.some((arg) => running.has(arg)) }));
  const warned = warning(rest);
  if (warned) process.stderr.write(`${warned}\n`);
  /** @type {typeof import("../automation/plainPulumi")} */
  const { plainPulumi } = launcher.load("automation/plainPulumi");
  return plainPulumi(rest, (args, env) => (tellsAll(args) ? debugRun(args, env) : foreground("pulumi", args, env)));
}

/**
 * Looks at the machine.
 *
 * @param {string} action - doctor, or up
 * @param {string} stack
 * @returns {Promise<number | import("./checks.mjs").Finding[]>} the exit code, or for an up that may begin the tools
 */
async function examine(action, stack) {
  /** @type {typeof import("../automation/commands/doctor/doctor")} */
  const { doctor, refuseUnfitMachine } = launcher.load("automation/commands/doctor/doctor");
  const tell = (/** @type {string} */ line) => say(forStack(line, stack));
  try {
    if (action === "up") return [...(await refuseUnfitMachine(stack, tell))];
    await doctor(stack, tell);
    return 0;
  } catch (error) {
    const { message, exitCode } = /** @type {Error & { exitCode?: number }} */ (error);
    process.stderr.write(`${forStack(message, stack)}\n`);
    return exitCode ?? exitEnvironment;
  }
}

/**
 * @param {string} action
 * @param {import("./arguments.mjs").Given} given
 * @param {string[]} rest - all arguments after the action
 */
async function main(action, given, rest) {
  const { stack } = given;
  // before anything is fetched or written; npm run destroy also removes what a lost state made
  const unknown = needsStack.has(action) && !given.on.has("undo") ? await unknownStack(stack) : undefined;
  if (unknown) {
    process.stderr.write(`${unknown}\n`);
    return exitConfig;
  }
  const looks = ["doctor", "up"].includes(action);
  if (looks && !dependenciesInstalled()) {
    const found = problems(await glance(stack));
    if (found.length > 0) {
      say(forStack(`this machine is not ready, nothing was created:\n${report(found)}`, stack));
      return exitEnvironment;
    }
  }
  if (action === "env") return printEnvironment(stack);
  await installDependencies();
  const seen = looks ? await examine(action, stack) : undefined;
  if (typeof seen === "number") return seen;
  const env = await environment(stack, { seen, k3d: changing.has(action) });
  if (["bench", "faults"].includes(action)) {
    const defer = path.join(root, "launcher", "deferSdkClosure.cjs");
    const run = path.join(root, "launcher", "run.cjs");
    return foreground(process.execPath, ["--require", defer, run, `tests/${action}/main`, ...rest], env);
  }
  Object.assign(process.env, env);
  await import("../launcher/deferSdkClosure.cjs");
  /** @type {{ drive: typeof import("../automation/main").drive }} */
  const { drive } = launcher.load("automation/main");
  return drive(action, given);
}

async function run() {
  const [action = "up", ...rest] = process.argv.slice(2);
  // arguments for Pulumi are its own
  if (action === "pulumi" || action === "install") {
    await installDependencies();
    return action === "pulumi" ? pulumi(rest) : 0;
  }
  const given = asked(action, rest);
  if (given.on.has("help")) {
    say(usage(action));
    return 0;
  }
  return main(action, given, rest);
}

/** @param {string} action @param {string[]} rest */
function asked(action, rest) {
  try {
    return readArguments(action, rest);
  } catch (error) {
    process.stderr.write(`${/** @type {Error} */ (error).message}\n`);
    process.exit(exitConfig);
  }
}

exitWith(run(), exitEnvironment);
