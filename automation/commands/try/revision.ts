import { stat } from "node:fs/promises";
import path from "node:path";
import { run } from "../../../host/process";
import type { CaseResult, Report } from "../../../model/trial/result";
import type { Source } from "../../../model/trial/source";
import { exitCodes, OperationFailed } from "../../stack/operation";

const git = (folder: string, args: readonly string[]) => run("git", ["-C", folder, ...args]);

async function filesAt(revision: string, given: string): Promise<Source[]> {
  const isFolder = (await stat(given)).isDirectory();
  const folder = isFolder ? given : path.dirname(given);
  const names = await git(folder, [
    "ls-tree",
    "-r",
    "--name-only",
    "-z",
    revision,
    "--",
    isFolder ? "." : path.basename(given),
  ]);
  const yaml = names.split("\0").filter((name) => /\.ya?ml$/.test(name));
  return Promise.all(
    yaml.map(async (name) => ({
      file: path.join(folder, name),
      text: await git(folder, ["show", `${revision}:./${name}`]),
    })),
  );
}

/**
 * The manifests of files and folders as they are in a git revision. Test files stay those of the working tree, so that
 * both sides get the same requests.
 */
export async function sourcesAt(revision: string, given: readonly string[], now: readonly Source[]): Promise<Source[]> {
  if (given.includes("-"))
    throw new OperationFailed("--against cannot be used with standard input, which has no revisions", exitCodes.config);
  try {
    const then = (await Promise.all(given.map((one) => filesAt(revision, one)))).flat();
    const isTest = ({ file, text }: Source) => /\.test\.ya?ml$/.test(file) || /^testCases:/m.test(text);
    return [...then.filter((source) => !isTest(source)), ...now.filter(isTest)];
  } catch (error) {
    throw new OperationFailed(
      `--against = ${revision}: ${(error as Error).message.trim()}; the revision must be in the clone: git fetch --unshallow, or fetch-depth: 0 in GitHub Actions`,
      exitCodes.config,
    );
  }
}

/**
 * Results on the files of an earlier revision. Files that cannot be applied have none: a change that mends them must
 * still be tried.
 */
export async function earlierResults(
  revision: string,
  run: () => Promise<Report>,
  say: (line: string) => void,
): Promise<readonly CaseResult[]> {
  try {
    return (await run()).results;
  } catch (error) {
    if (!(error instanceof OperationFailed) || error.exitCode !== exitCodes.config) throw error;
    say(`the files of ${revision} cannot be applied, so no request was possible there:\n${error.message}`);
    return [];
  }
}
