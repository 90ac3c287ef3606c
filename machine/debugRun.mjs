// @ts-check
import { mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { stateFolder } from "./backend.mjs";
import { ask } from "./command.mjs";
import { readPulumiArguments } from "./pulumiArguments.mjs";
import { configured, keysIn, redacted } from "./redact.mjs";
import { foreground } from "./run.mjs";
import { root } from "./settings.mjs";

/** Short options of Pulumi that take a value: the rest of their word. */
const withValue = "scmtpC";

/**
 * True if a word of the command line is an option, or has it among joined short ones, such as `-yfd`.
 *
 * @param {string} arg
 * @param {string} long
 * @param {string} short - one letter
 */
function isOption(arg, long, short) {
  if (arg === `--${long}` || arg.startsWith(`--${long}=`)) return true;
  const letters = /^-([A-Za-z].*)/.exec(arg)?.[1] ?? "";
  for (const [i, letter] of [...letters].entries()) {
    const rest = letters.slice(i + 1);
    if (letter === short) return letter !== "v" || /^(=?\d|=|$)/.test(rest);
    if (withValue.includes(letter) || !/[A-Za-z]/.test(letter) || letter === "v") return false;
  }
  return false;
}

const verbose = (/** @type {string} */ arg) => isOption(arg, "verbose", "v");
const debug = (/** @type {string} */ arg) => isOption(arg, "debug", "d");

/**
 * True if Pulumi would write whole resources into its messages, the values of secrets too.
 *
 * @param {readonly string[]} args - of Pulumi
 */
export const tellsAll = (args) => args.some((arg) => verbose(arg) || debug(arg));

const logFile = path.join("report", "pulumi.log");

/**
 * The secrets of the stack that a command acts on; undefined if one of them could not be read.
 *
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function knownSecrets(args, env) {
  const { stack } = readPulumiArguments(args);
  const named = stack === undefined ? [] : ["--stack", stack];
  const options = { milliseconds: 60_000, env };
  const [state, config] = await Promise.all([
    ask("pulumi", ["stack", "export", "--show-secrets", ...named], options),
    ask("pulumi", ["config", "--show-secrets", "--json", ...named], options),
  ]);
  if (state.code !== 0 || config.code !== 0) return undefined;
  try {
    return [...configured(JSON.parse(config.out)), ...keysIn(JSON.parse(state.out))];
  } catch {
    return undefined;
  }
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
    const logs = args.some(verbose);
    const [out, err] = await Promise.all([open(file("out"), "wx", 0o600), open(file("err"), "wx", 0o600)]);
    process.stderr.write("Pulumi's messages come when it has ended, without secrets\n");
    const before = await knownSecrets(args, env);
    const status = await foreground("pulumi", [...args, ...(logs ? ["--logtostderr"] : [])], env, [out.fd, err.fd]);
    await Promise.all([out.close(), err.close()]);
    const after = await knownSecrets(args, env);
    if (!before || !after) {
      process.stderr.write(
        "Pulumi's messages are not shown, since the stack's secrets could not be read and so not be removed from them; " +
          `its exit code is ${status}. fix: run the same command without -v and --debug\n`,
      );
      return status === 0 ? 1 : status;
    }
    const secrets = [...before, ...after];
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
