// @ts-check
/** `npm start`: checks the machine, gets what is missing, then brings the environment up. Needs nothing but Node. */
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { stackFrom } from "./arguments.mjs";
import { ensureBackend, ensureStack } from "./backend.mjs";
import { examine, problems, report } from "./doctor.mjs";
import { foreground } from "./run.mjs";
import { root, stackSettings } from "./settings.mjs";
import { ensureTools, toolsPath } from "./tools.mjs";

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
 */
async function environment(stack) {
  const { versions, context } = stackSettings(stack);
  await ensureTools(versions, say, context === undefined ? ["pulumi", "k3d"] : ["pulumi"]);
  return { ...process.env, ...(await ensureBackend()), PATH: toolsPath() };
}

/** @param {string} action @param {string} stack @param {string[]} rest - all arguments after the action */
async function main(action, stack, rest) {
  if (action === "install") {
    await installDependencies();
    return 0;
  }
  if (action === "pulumi") {
    await installDependencies();
    const env = await environment(stack);
    await ensureStack(rest, env);
    return foreground("pulumi", rest, env);
  }
  if (action === "doctor" || action === "up") {
    const findings = await examine(stack);
    const found = problems(findings);
    if (action === "doctor") {
      say(report(findings));
      return found.length > 0 ? exitEnvironment : 0;
    }
    if (found.length > 0) {
      say(`this machine is not ready, nothing was created:\n${report(found)}`);
      return exitEnvironment;
    }
  }
  await installDependencies();
  return foreground(
    process.execPath,
    ["--import", "tsx", "automation/main.ts", action, ...rest],
    await environment(stack),
  );
}

const [action = "up", ...rest] = process.argv.slice(2);
// arguments for Pulumi are its own
const run = async () => main(action, stackFrom(action === "pulumi" ? [] : rest), rest);
run().then(
  (code) => {
    process.exitCode = code;
  },
  (/** @type {Error} */ error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = exitEnvironment;
  },
);
