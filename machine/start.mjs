// @ts-check
/** `npm start`: checks the machine, gets what is missing, then brings the environment up. Needs nothing but Node. */
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { readArguments } from "./arguments.mjs";
import { ensureBackend, ensureStack } from "./backend.mjs";
import { bundled } from "./bundle.cjs";
import { usage } from "./commands.mjs";
import { debugRun, tellsAll } from "./debugRun.mjs";
import { examine, problems, report } from "./doctor.mjs";
import { exitWith } from "./exit.mjs";
import { foreground } from "./run.mjs";
import { root, stackSettings } from "./settings.mjs";
import { ensureTools, findTools, isThere, toolsPath } from "./tools.mjs";
import { forStack, warning } from "./wording.mjs";

const exitConfig = 2;
const exitEnvironment = 4;
const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);

/** @param {string} file */
const age = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

async function installDependencies() {
  const installed = age(path.join(root, "node_modules", ".package-lock.json"));
  if (installed && installed >= age(path.join(root, "package-lock.json"))) return;
  say("installing dependencies");
  const status = await foreground("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], process.env);
  if (status !== 0) throw new Error("npm ci failed; its messages are above");
}

/**
 * Gets the tools that are missing and prepares the state; answers the variables that Pulumi needs.
 *
 * @param {string} stack
 * @param {readonly import("./checks.mjs").Finding[]} [seen] - of the machine, where it was looked at already
 */
async function environment(stack, seen) {
  const { versions, context } = stackSettings(stack);
  /** @type {import("./tools.mjs").Tool[]} */
  const names = context === undefined ? ["pulumi", "k3d"] : ["pulumi"];
  const tools = seen
    ? seen.filter(({ name }) => names.some((tool) => tool === name))
    : // versions are looked at by npm start, which the other commands follow
      await findTools(
        versions,
        names.filter((name) => !isThere(name)),
      );
  await ensureTools(versions, say, tools);
  return { ...process.env, ...(await ensureBackend()), PATH: toolsPath() };
}

/** Runs Pulumi itself. @param {string[]} rest - its arguments */
async function pulumi(rest) {
  const env = await environment("dev");
  await ensureStack(rest, env);
  const warned = warning(rest);
  if (warned) process.stderr.write(`${warned}\n`);
  return tellsAll(rest) ? debugRun(rest, env) : foreground("pulumi", rest, env);
}

/**
 * @param {string} action
 * @param {import("./arguments.mjs").Given} given
 * @param {string[]} rest - all arguments after the action
 */
async function main(action, given, rest) {
  const { stack } = given;
  const findings = ["doctor", "up"].includes(action) ? await examine(stack) : undefined;
  if (findings) {
    const found = problems(findings);
    if (action === "doctor") {
      say(forStack(report(findings), stack));
      return found.length > 0 ? exitEnvironment : 0;
    }
    if (found.length > 0) {
      say(forStack(`this machine is not ready, nothing was created:\n${report(found)}`, stack));
      return exitEnvironment;
    }
  }
  await installDependencies();
  if (["bench", "faults"].includes(action)) {
    const env = await environment(stack, findings);
    const node = ["--require", path.join(root, "machine", "preload.cjs"), bundled(`tests/${action}/main.ts`)];
    return foreground(process.execPath, [...node, ...rest], env);
  }
  Object.assign(process.env, await environment(stack, findings));
  await import("./preload.cjs");
  /** @type {{ drive: typeof import("../automation/main").drive }} */
  const { drive } = await import(bundled("automation/main.ts"));
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
