import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { capture } from "../../../host/process";
import { isTestFile, type Source } from "../../../model/trial/manifests/source";
import type { CaseResult, Report } from "../../../model/trial/report/result";
import { exitCodes, OperationFailed } from "../../stack/operation";

const git = (folder: string, args: readonly string[]) => capture("git", ["-C", folder, ...args]);

const isYaml = (name: string): boolean => /\.ya?ml$/.test(name);
const isTest = ({ file, text }: Source): boolean => isTestFile(file) || /^testCases:/m.test(text);

/** Files of a folder that lay elsewhere in a revision, with their text there: the folder was renamed since. */
async function renamedSince(revision: string, folder: string): Promise<Source[]> {
  const top = (await git(folder, ["rev-parse", "--show-toplevel"])).trim();
  const rows = await git(folder, ["diff", "--name-status", "-z", "--find-renames", "--diff-filter=R", revision]);
  const pairs = [...rows.matchAll(/R\d*\0([^\0]+)\0([^\0]+)\0/g)];
  const folderInRepository = path.relative(top, await realpath(folder));
  const moved = pairs.flatMap(([, before = "", after = ""]) => {
    const name = path.relative(folderInRepository, after);
    return isYaml(name) && !name.startsWith("..") ? [{ before, name }] : [];
  });
  return Promise.all(
    moved.map(async ({ before, name }) => ({
      file: path.join(folder, name),
      text: await git(folder, ["show", `${revision}:${before}`]),
    })),
  );
}

async function filesAt(revision: string, fileOrFolder: string): Promise<Source[]> {
  const isFolder = (await stat(fileOrFolder)).isDirectory();
  const folder = isFolder ? fileOrFolder : path.dirname(fileOrFolder);
  const names = await git(folder, [
    "ls-tree",
    "-r",
    "--name-only",
    "-z",
    revision,
    "--",
    isFolder ? "." : path.basename(fileOrFolder),
  ]);
  const yaml = names.split("\0").filter(isYaml);
  if (isFolder && yaml.length === 0) return renamedSince(revision, folder);
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
export async function sourcesAt(revision: string, paths: readonly string[], now: readonly Source[]): Promise<Source[]> {
  if (paths.includes("-"))
    throw new OperationFailed("--against cannot be used with standard input, which has no revisions", exitCodes.config);
  try {
    const then = (await Promise.all(paths.map((fileOrFolder) => filesAt(revision, fileOrFolder)))).flat();
    return [...then.filter((source) => !isTest(source)), ...now.filter(isTest)];
  } catch (error) {
    throw new OperationFailed(
      `--against = ${revision}: ${(error as Error).message.trim()}; the revision must be in the clone: git fetch --unshallow, or fetch-depth: 0 in GitHub Actions`,
      exitCodes.config,
    );
  }
}

/**
 * Results on the files of an earlier revision. A folder that did not exist there has none. Neither have files that cannot be
 * applied: a change that mends them must still be tried.
 */
export async function earlierResults(
  revision: string,
  sources: readonly Source[],
  run: () => Promise<Report>,
  say: (line: string) => void,
): Promise<readonly CaseResult[]> {
  if (sources.every(isTest)) {
    say(`there are no manifests in ${revision}, so no request was possible there`);
    return [];
  }
  try {
    return (await run()).results;
  } catch (error) {
    if (!(error instanceof OperationFailed) || error.exitCode !== exitCodes.config) throw error;
    say(`the files of ${revision} cannot be applied, so no request was possible there:\n${error.message}`);
    return [];
  }
}
