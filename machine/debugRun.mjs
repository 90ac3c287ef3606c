// @ts-check
import { mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { namedStack, stateFolder } from "./backend.mjs";
import { ask } from "./command.mjs";
import { configured, keysIn, redacted } from "./redact.mjs";
import { foreground } from "./run.mjs";
import { root } from "./settings.mjs";

/** Options with which Pulumi writes whole resources into its messages, the values of secrets too. */
const verbose = /^(--verbose|-v)(=|\d|$)/;
const debug = /^(--debug|-d)(=|$)/;

/** Whether Pulumi would tell secrets. @param {readonly string[]} args - of Pulumi */
export const tellsAll = (args) => args.some((arg) => [verbose, debug].some((option) => option.test(arg)));

const logFile = path.join("report", "pulumi.log");

/** @param {readonly string[]} args @param {NodeJS.ProcessEnv} env */
async function knownSecrets(args, env) {
  const stack = namedStack(args);
  const named = stack === undefined ? [] : ["--stack", stack];
  const options = { milliseconds: 60_000, env };
  const [state, config] = await Promise.all([
    ask("pulumi", ["stack", "export", "--show-secrets", ...named], options),
    ask("pulumi", ["config", "--show-secrets", "--json", ...named], options),
  ]);
  const read = (/** @type {{ code: unknown, out: string }} */ { code, out }) => (code === 0 ? JSON.parse(out) : {});
  return [...configured(read(config)), ...keysIn(read(state))];
}

/** Whether a process of this host still runs. @param {number} pid */
function runs(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Forgets what runs that were killed left behind. */
async function forgetKilled() {
  for (const name of await readdir(stateFolder)) {
    const [, pid] = /^plain-(\d+)$/.exec(name) ?? [];
    if (pid && !runs(Number(pid))) await rm(path.join(stateFolder, name), { recursive: true, force: true });
  }
}

/**
 * Runs Pulumi with its debugging options, so that what it tells can be shown to others.
 *
 * Its messages lie in plain text beside the state's passphrase while it runs, and are shown when it has ended, without
 * the stack's secrets: what it logged, in report/pulumi.log.
 *
 * @param {readonly string[]} args - of Pulumi
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} Pulumi's exit status
 */
export async function debugRun(args, env) {
  await forgetKilled();
  const folder = path.join(stateFolder, `plain-${process.pid}`);
  await mkdir(folder, { mode: 0o700 });
  const file = (/** @type {string} */ name) => path.join(folder, name);
  try {
    const logs = args.some((arg) => verbose.test(arg));
    const [out, err] = await Promise.all([open(file("out"), "wx", 0o600), open(file("err"), "wx", 0o600)]);
    process.stderr.write("Pulumi's messages come when it has ended, without secrets\n");
    const before = await knownSecrets(args, env);
    const status = await foreground("pulumi", [...args, ...(logs ? ["--logtostderr"] : [])], env, [out.fd, err.fd]);
    await Promise.all([out.close(), err.close()]);
    const secrets = [...before, ...(await knownSecrets(args, env))];
    const clean = async (/** @type {string} */ name) => redacted(await readFile(file(name), "utf8"), secrets);
    process.stdout.write(await clean("out"));
    const said = (await clean("err")).split("\n");
    const isLog = (/** @type {string} */ line) => line.startsWith('{"time":');
    process.stderr.write(said.filter((line) => !isLog(line)).join("\n"));
    if (logs) {
      await mkdir(path.join(root, path.dirname(logFile)), { recursive: true });
      await writeFile(path.join(root, logFile), `${said.filter(isLog).join("\n")}\n`);
      process.stderr.write(`${logFile} has Pulumi's log, without secrets\n`);
    }
    return status;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
