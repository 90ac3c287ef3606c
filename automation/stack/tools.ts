import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { download } from "../../host/download";
import { exitCodes, OperationFailed } from "../../host/failure";
import { type CommandFailed, capture } from "../../host/process";
import type { CheckResult, Observation } from "../../model/checks/result";
import { ok, warning } from "../../model/doctor/finding";
import { compareVersions } from "../../model/mesh/versions";
import { run as npm, remedy } from "../../model/output/remedy";
import { type Check, runChecks } from "./check";
import { projectRoot } from "./project";
import { type Tool, toolFacts, toolRelease } from "./toolReleases";

export type { Tool } from "./toolReleases";

/** Folder of the downloaded tools; it belongs to the checkout. */
const toolsFolder = path.join(projectRoot, ".tools");

/** Folders of the downloaded tools, for PATH. */
export const toolFolders: readonly string[] = [
  toolsFolder,
  // each archive is unpacked into its own folder
  path.join(toolsFolder, "pulumi"),
  path.join(toolsFolder, "istioctl"),
];

/** PATH with the downloaded tools first. */
export const toolsPath = (): string => [...toolFolders, process.env["PATH"]].join(path.delimiter);

/** Compares the version of a tool on the PATH with the oldest supported version. @param seconds - time limit */
async function observeTool(name: Tool, seconds: number): Promise<Observation> {
  const { version, minimum, prints } = toolFacts[name];
  const fetching = npm(name === "pulumi" || name === "k3d" ? "up" : "tools");
  const fix = remedy`${fetching} fetches ${version}`;
  const env = { ...process.env, PATH: toolsPath(), PULUMI_SKIP_UPDATE_CHECK: "true" };
  const answer = await capture(name, prints, { seconds, env }).catch((error: CommandFailed) => error);
  if (typeof answer !== "string" && answer.kind === "late")
    return warning("does not tell its version in time", remedy`${fetching} asks again`);
  const installed = typeof answer === "string" ? /\bv?(\d+\.\d+\.\d+)/.exec(answer)?.[1] : undefined;
  if (!installed) return warning("is missing", fix);
  return minimum === undefined || compareVersions(installed, minimum) >= 0
    ? ok(installed)
    : warning(`${installed} is too old`, fix);
}

const toolCheck = (name: Tool): Check<unknown> => ({
  ...{ id: name, title: name, section: "this-machine" },
  run: () => observeTool(name, 1.5),
});

/** File of a program on the PATH, of any version, that this user can run. */
const fileOf = (name: Tool, searched = toolsPath()): string | undefined =>
  searched
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });

/** True if the PATH has a program of this name, of any version, that this user can run. */
export const isOnPath = (name: Tool, searched?: string): boolean => fileOf(name, searched) !== undefined;

/** Path of each tool, one per line. */
export const whereTools = (names: readonly Tool[]): string =>
  names.map((name) => `${name} is ${fileOf(name) ?? "missing"}`).join("\n");

/** Checks that the PATH has the tools in supported versions. */
export const findTools = (names: readonly Tool[] = ["pulumi", "k3d"]): Promise<CheckResult[]> =>
  runChecks(names.map(toolCheck), undefined);

/**
 * Downloads the pinned version of each tool that is missing or too old.
 *
 * The download must have the SHA-256 of versions.json. If versions.json has none for the version or the platform, the
 * publisher's list of checksums decides. A manipulated mirror could change that list too, so the output says so.
 *
 * @param toolChecks - the result of {@link findTools}
 * @throws OperationFailed if a tool cannot be downloaded
 */
export async function ensureTools(say: (line: string) => void, toolChecks: readonly CheckResult[]): Promise<void> {
  for (const { id, outcome } of toolChecks) {
    const tool = id as Tool;
    // on a busy machine, an installed tool may answer after the time limit
    if (outcome === "passed" || (await observeTool(tool, 60)).passed) continue;
    try {
      const source = toolRelease(tool, process.env);
      const weaker = "; versions.json has no digest of it, so it is compared with its publisher's list";
      say(`fetching ${tool} ${toolFacts[tool].version}${source.digest ? "" : weaker}`);
      await download(tool, source, toolsFolder);
    } catch (error) {
      throw new OperationFailed((error as Error).message, exitCodes.environment);
    }
  }
}
