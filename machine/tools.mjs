// @ts-check
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import launcher from "../launcher/run.cjs";
import { atLeast, ok, warning } from "./checks.mjs";
import { ask } from "./command.mjs";
import { root } from "./settings.mjs";

/** @typedef {import("./checks.mjs").Finding} Finding */
/** @typedef {typeof import("../versions.json")} Versions */

/** Where fetched tools lie; removed with the checkout. */
export const toolsFolder = path.join(root, ".tools");

/** Folders of the fetched tools, for PATH. */
export const toolFolders = [toolsFolder, path.join(toolsFolder, "pulumi")];

/** PATH with the fetched tools first. */
export const toolsPath = () => [...toolFolders, process.env["PATH"]].join(path.delimiter);

/** @typedef {"pulumi" | "k3d"} Tool */

/**
 * What the PATH has of a tool.
 *
 * @param {Versions} versions
 * @param {Tool} name
 * @param {number} [milliseconds] - in which it has to tell its version
 * @returns {Promise<Finding>}
 */
async function find(versions, name, milliseconds) {
  const { code, out } = await ask(name, ["version"], {
    ...(milliseconds !== undefined && { milliseconds }),
    env: { ...process.env, PATH: toolsPath(), PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  const fix = `npm start fetches ${versions[name]}`;
  if (code === "slow") return warning(name, "does not tell its version in time", "npm start asks again");
  const found = code === 0 ? /v(\d+\.\d+\.\d+)/.exec(out)?.[1] : undefined;
  if (!found) return warning(name, "is missing", fix);
  return atLeast(found, versions.supported.minimum[name]) ? ok(name, found) : warning(name, `${found} is too old`, fix);
}

/**
 * Whether the PATH has a tool that this user can run, of any version. Folders that the user cannot read have none.
 *
 * @param {Tool} name
 * @param {string} [searched]
 */
export const isThere = (name, searched = toolsPath()) =>
  searched.split(path.delimiter).some((folder) => {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });

/** @param {Versions} versions @param {readonly Tool[]} [names] @returns {Promise<Finding[]>} */
export async function findTools(versions, names = ["pulumi", "k3d"]) {
  return Promise.all(names.map((name) => find(versions, name)));
}

/** @param {Versions} versions @param {NodeJS.ProcessEnv} env */
function sources(versions, env) {
  const os = { linux: "linux", darwin: "darwin" }[/** @type {string} */ (process.platform)];
  const cpu = { x64: "x64", arm64: "arm64" }[/** @type {string} */ (process.arch)];
  if (!os || !cpu) throw new Error(`no tools for ${process.platform} ${process.arch}; use Linux, macOS or WSL`);
  const amd = cpu === "x64" ? "amd64" : cpu;
  const pulumi = env["PULUMI_DOWNLOAD_URL"] ?? "https://github.com/pulumi/pulumi/releases/download";
  const k3d = env["K3D_DOWNLOAD_URL"] ?? "https://github.com/k3d-io/k3d/releases/download";
  const digests = /** @type {Readonly<Record<string, string | undefined>>} */ (versions.digests);
  return {
    pulumi: (/** @type {string} */ version) => ({
      url: `${pulumi}/v${version}/pulumi-v${version}-${os}-${cpu}.tar.gz`,
      checksums: `${pulumi}/v${version}/pulumi-${version}-checksums.txt`,
      digest: digests[`pulumi-${version}-${os}-${amd}`],
      unpack: true,
    }),
    k3d: (/** @type {string} */ version) => ({
      url: `${k3d}/v${version}/k3d-${os}-${amd}`,
      checksums: `${k3d}/v${version}/checksums.txt`,
      digest: digests[`k3d-${version}-${os}-${amd}`],
      unpack: false,
    }),
  };
}

/**
 * Fetches what is missing or too old of the pinned tools.
 *
 * Each is compared with its SHA-256 in versions.json. A version or platform that has none there is compared with its
 * publisher's list of checksums, which a changed mirror could change too; a line says so.
 *
 * @param {Versions} versions
 * @param {(line: string) => void} say
 * @param {readonly Finding[]} found - what {@link findTools} says of them
 */
export async function ensureTools(versions, say, found) {
  for (const { name, state } of found) {
    const tool = /** @type {Tool} */ (name);
    // a tool that is there is slow to say so on a machine that has much to do
    if (state === "ok" || (await find(versions, tool, 60_000)).state === "ok") continue;
    const source = sources(versions, process.env)[tool](versions[tool]);
    const weaker = source.digest
      ? ""
      : "; versions.json has no digest of it, so it is compared with its publisher's list";
    say(`fetching ${tool} ${versions[tool]}${weaker}`);
    /** @type {typeof import("../host/download")} */
    const { download } = launcher.load("host/download");
    await download(tool, source, toolsFolder);
  }
}
