import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { download } from "../../host/download";
import { exitCodes, OperationFailed } from "../../host/failure";
import { type CommandFailed, run } from "../../host/process";
import type { CheckResult, Observation } from "../../model/checks/result";
import { ok, warning } from "../../model/doctor/finding";
import { atLeast } from "../../model/doctor/versions";
import { run as npm, remedy } from "../../model/output/remedy";
import versions from "../../versions.json";
import { type Check, runChecks } from "./check";
import { root } from "./project";

/** Programs that the project downloads if the PATH has none. */
export type Tool = "pulumi" | "k3d";

/** Folder of the downloaded tools; it belongs to the checkout. */
const toolsFolder = path.join(root, ".tools");

/** Folders of the downloaded tools, for PATH. */
export const toolFolders: readonly string[] = [toolsFolder, path.join(toolsFolder, "pulumi")];

/** PATH with the downloaded tools first. */
export const toolsPath = (): string => [...toolFolders, process.env["PATH"]].join(path.delimiter);

/** The version of a tool on the PATH, compared with the oldest supported one. @param seconds - the time limit */
async function observe(name: Tool, seconds: number): Promise<Observation> {
  const fix = remedy`${npm("up")} fetches ${versions[name]}`;
  const env = { ...process.env, PATH: toolsPath(), PULUMI_SKIP_UPDATE_CHECK: "true" };
  const answer = await run(name, ["version"], { seconds, env }).catch((error: CommandFailed) => error);
  if (typeof answer !== "string" && answer.kind === "late")
    return warning("does not tell its version in time", remedy`${npm("up")} asks again`);
  const found = typeof answer === "string" ? /v(\d+\.\d+\.\d+)/.exec(answer)?.[1] : undefined;
  if (!found) return warning("is missing", fix);
  return atLeast(found, versions.supported.minimum[name]) ? ok(found) : warning(`${found} is too old`, fix);
}

const toolCheck = (name: Tool): Check<unknown> => ({
  ...{ id: name, title: name, section: "this-machine" },
  run: () => observe(name, 1.5),
});

/** True if the PATH has a program of this name, of any version, that this user can run. */
export const isThere = (name: Tool, searched = toolsPath()): boolean =>
  searched.split(path.delimiter).some((folder) => {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });

/** Looks for tools on the PATH, and at their versions. */
export const findTools = (names: readonly Tool[] = ["pulumi", "k3d"]): Promise<CheckResult[]> =>
  runChecks(names.map(toolCheck), undefined);

/** Addresses of a tool's release, and how it is verified. */
function release(tool: Tool, env: NodeJS.ProcessEnv) {
  const os = ({ linux: "linux", darwin: "darwin" } as Partial<Record<NodeJS.Platform, string>>)[process.platform];
  const cpu = ({ x64: "x64", arm64: "arm64" } as Partial<Record<NodeJS.Architecture, string>>)[process.arch];
  if (!os || !cpu) throw new Error(`no tools for ${process.platform} ${process.arch}; use Linux, macOS or WSL`);
  const architecture = cpu === "x64" ? "amd64" : cpu;
  const version = versions[tool];
  const digests: Readonly<Record<string, string | undefined>> = versions.digests;
  const digest = digests[`${tool}-${version}-${os}-${architecture}`];
  if (tool === "pulumi") {
    const from = `${env["PULUMI_DOWNLOAD_URL"] ?? "https://github.com/pulumi/pulumi/releases/download"}/v${version}`;
    const url = `${from}/pulumi-v${version}-${os}-${cpu}.tar.gz`;
    return { url, checksums: `${from}/pulumi-${version}-checksums.txt`, digest, unpack: true };
  }
  const from = `${env["K3D_DOWNLOAD_URL"] ?? "https://github.com/k3d-io/k3d/releases/download"}/v${version}`;
  return { url: `${from}/k3d-${os}-${architecture}`, checksums: `${from}/checksums.txt`, digest, unpack: false };
}

/**
 * Downloads the pinned version of each tool that is missing or too old.
 *
 * Each is compared with its SHA-256 in versions.json. A version or platform that has none there is compared with its
 * publisher's list of checksums, which a changed mirror could change too; a line says so.
 *
 * @param found - the result of {@link findTools}
 * @throws OperationFailed if a tool cannot be downloaded
 */
export async function ensureTools(say: (line: string) => void, found: readonly CheckResult[]): Promise<void> {
  for (const { id, outcome } of found) {
    const tool = id as Tool;
    // on a busy machine, a tool that is there answers late
    if (outcome === "passed" || (await observe(tool, 60)).passed) continue;
    try {
      const source = release(tool, process.env);
      const weaker = "; versions.json has no digest of it, so it is compared with its publisher's list";
      say(`fetching ${tool} ${versions[tool]}${source.digest ? "" : weaker}`);
      await download(tool, source, toolsFolder);
    } catch (error) {
      throw new OperationFailed((error as Error).message, exitCodes.environment);
    }
  }
}
