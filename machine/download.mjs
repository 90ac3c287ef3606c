// @ts-check
import { createHash } from "node:crypto";
import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { ask } from "./command.mjs";

/** @param {string} url */
async function get(url) {
  const response = await fetch(url).catch((/** @type {Error} */ error) => {
    throw new Error(
      `${url} cannot be reached (${/** @type {{ code?: string }} */ (error.cause)?.code ?? error.message})`,
    );
  });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/**
 * The checksum of a file in a list of lines "HEX  PATH".
 *
 * @param {string} list
 * @param {string} file
 */
export function checksumOf(list, file) {
  const line = list.split("\n").find((each) => path.posix.basename(each.trim().split(/\s+\*?/)[1] ?? "") === file);
  return line?.trim().split(/\s+/)[0]?.toLowerCase();
}

/**
 * Fetches a tool into a folder, only if its checksum is the published one; leaves nothing behind otherwise.
 *
 * @param {string} name
 * @param {{ url: string, checksums: string, unpack: boolean }} source
 * @param {string} folder
 */
export async function download(name, { url, checksums, unpack }, folder) {
  const file = path.posix.basename(new URL(url).pathname);
  const [list, content] = await Promise.all([get(checksums), get(url)]);
  const published = checksumOf(list.toString(), file);
  const actual = createHash("sha256").update(content).digest("hex");
  if (published !== actual)
    throw new Error(
      `${file} has the checksum ${actual} and not ${published ?? "one that is published"}; it was not kept`,
    );
  await mkdir(folder, { recursive: true });
  const fresh = path.join(folder, `.${name}.new`);
  await rm(fresh, { recursive: true, force: true });
  if (unpack) {
    const archive = `${fresh}.tar.gz`;
    await mkdir(fresh);
    await writeFile(archive, content);
    const { code, err } = await ask("tar", ["-xzf", archive, "-C", fresh, "--strip-components=1"], {
      milliseconds: 120_000,
    });
    await rm(archive);
    if (code !== 0) throw new Error(`${file} does not unpack: ${err.trim()}`);
  } else {
    await writeFile(fresh, content);
    await chmod(fresh, 0o755);
  }
  await rm(path.join(folder, name), { recursive: true, force: true });
  await rename(fresh, path.join(folder, name));
}
