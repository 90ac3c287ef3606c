import { mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { runInForeground } from "../../../host/foreground";
import { capture } from "../../../host/process";
import { stateFolder } from "../../stack/backend";
import { projectRoot } from "../../stack/project";
import { readPulumiArguments } from "./arguments";
import { configuredSecrets, keysIn, redact } from "./redact";

/** Short options of Pulumi whose value is the rest of their word. */
const withValue = "scmtpC";

/** True if a word of the command line is an option, or contains it among joined short ones, such as `-yfd`. */
function isOption(arg: string, long: string, short: string): boolean {
  if (arg === `--${long}` || arg.startsWith(`--${long}=`)) return true;
  const letters = /^-([A-Za-z].*)/.exec(arg)?.[1] ?? "";
  for (const [i, letter] of [...letters].entries()) {
    const rest = letters.slice(i + 1);
    if (letter === short) return letter !== "v" || /^(=?\d|=|$)/.test(rest);
    if (withValue.includes(letter) || !/[A-Za-z]/.test(letter) || letter === "v") return false;
  }
  return false;
}

const isVerbose = (arg: string): boolean => isOption(arg, "verbose", "v");
const isDebug = (arg: string): boolean => isOption(arg, "debug", "d");

/** True if Pulumi would write whole resources into its messages, including the values of secrets. */
export const showsSecrets = (args: readonly string[]): boolean => args.some((arg) => isVerbose(arg) || isDebug(arg));

/** The warning before Pulumi writes whole resources into a file. Undefined without an option that makes it do so. */
export function eventLogWarning(args: readonly string[]): string | undefined {
  const option = args.find((arg) => /^--event-log(=|$)/.test(arg));
  return option && `warning: with ${option} Pulumi writes keys and the kubeconfig in plain text; publish none of it`;
}

const logFile = path.join("report", "pulumi.log");

/** The secrets of the stack that a command acts on; undefined if one of them could not be read. */
async function knownSecrets(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string[] | undefined> {
  const { stack } = readPulumiArguments(args);
  const named = stack === undefined ? [] : ["--stack", stack];
  try {
    const [state, config] = await Promise.all([
      capture("pulumi", ["stack", "export", "--show-secrets", ...named], { env }),
      capture("pulumi", ["config", "--show-secrets", "--json", ...named], { env }),
    ]);
    return [...configuredSecrets(JSON.parse(config)), ...keysIn(JSON.parse(state))];
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Removes the plain messages of runs that were killed. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(stateFolder)) {
    const [, pid] = /^plain-(\d+)$/.exec(name) ?? [];
    if (pid && !isRunning(Number(pid))) await rm(path.join(stateFolder, name), { recursive: true, force: true });
  }
}

/** Shows Pulumi's messages without secrets, and writes its log into a file. */
async function show(file: (name: string) => string, secrets: readonly string[], logs: boolean): Promise<void> {
  const clean = async (name: string) => redact(await readFile(file(name), "utf8"), secrets);
  process.stdout.write(await clean("out"));
  const lines = (await clean("err")).split("\n");
  const isLog = (line: string) => line.startsWith('{"time":');
  process.stderr.write(lines.filter((line) => !isLog(line)).join("\n"));
  if (!logs) return;
  await mkdir(path.join(projectRoot, path.dirname(logFile)), { recursive: true });
  await writeFile(path.join(projectRoot, logFile), `${lines.filter(isLog).join("\n")}\n`);
  process.stderr.write(`${logFile} has Pulumi's log, without secrets\n`);
}

/**
 * Runs Pulumi with its debugging options, so that its messages can be shown to others.
 *
 * While Pulumi runs, its messages are in plain text beside the state's passphrase. Afterwards they are shown without the
 * stack's secrets, and the log is in report/pulumi.log.
 *
 * @returns Pulumi's exit status
 */
export async function debugRun(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  await removeLeftovers();
  const folder = path.join(stateFolder, `plain-${process.pid}`);
  await mkdir(folder, { mode: 0o700 });
  const file = (name: string) => path.join(folder, name);
  try {
    const logs = args.some(isVerbose);
    const [out, err] = await Promise.all([open(file("out"), "wx", 0o600), open(file("err"), "wx", 0o600)]);
    process.stderr.write("Pulumi's messages come when it has ended, without secrets\n");
    const before = await knownSecrets(args, env);
    const loggingFlags = logs ? ["--logtostderr"] : [];
    const status = await runInForeground("pulumi", [...args, ...loggingFlags], env, [out.fd, err.fd]);
    await Promise.all([out.close(), err.close()]);
    const after = await knownSecrets(args, env);
    if (before && after) {
      await show(file, [...before, ...after], logs);
      return status;
    }
    process.stderr.write(
      "Pulumi's messages are not shown, since the stack's secrets could not be read and so not be removed from them; " +
        `its exit code is ${status}. fix: run the same command without -v and --debug\n`,
    );
    return status === 0 ? 1 : status;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
