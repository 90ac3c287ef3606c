import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fetchFile } from "./fetch";
import { capture } from "./process";

/** A published file of a tool. */
export interface ToolSource {
  readonly url: string;
  /** URL of the publisher's list of checksums. */
  readonly checksums: string;
  /** SHA-256 of the file, from versions.json; the publisher's list is then not read. */
  readonly digest?: string | undefined;
  /** True for a .tar.gz, whose content is kept; false for an executable. */
  readonly unpack: boolean;
  /** False if the files of the archive are not in one top folder, which is left out. @default true */
  readonly topFolder?: boolean;
}

/**
 * Checksum of a file from a list of lines "HEX  PATH", or from a file with one checksum only.
 *
 * @returns undefined if the list does not have the file
 */
export function checksumOf(checksums: string, file: string): string | undefined {
  if (/^[0-9a-f]{64}\s*$/i.test(checksums)) return checksums.trim().toLowerCase();
  const line = checksums
    .split("\n")
    .find((entry) => path.posix.basename(entry.trim().split(/\s+\*?/)[1] ?? "") === file);
  return line?.trim().split(/\s+/)[0]?.toLowerCase();
}

/** @throws Error for content that has another SHA-256 than the expected one, or none to compare it with */
async function requireChecksum(file: string, content: Buffer, { digest, checksums }: ToolSource): Promise<void> {
  const expected = digest ?? checksumOf((await fetchFile(checksums)).toString(), file);
  const actual = createHash("sha256").update(content).digest("hex");
  if (expected === actual) return;
  const source = digest ? "versions.json pins" : `${checksums} has`;
  throw new Error(`${file} has the SHA-256 ${actual}, but ${source} ${expected ?? "none for it"}; it was not kept`);
}

/** Puts a file or folder in the place of another, also while another process does the same. */
async function replaceTarget(fresh: string, target: string, old: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await rename(target, `${old}.${attempt}`).catch(() => {});
    try {
      return await rename(fresh, target);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (attempt === 10 || !["ENOTEMPTY", "EEXIST"].includes(code)) throw error;
    }
  }
}

/**
 * Downloads a tool into a folder, whole or not at all: it is kept only if its SHA-256 is the expected one.
 *
 * Two processes may download the same tool at once.
 *
 * @param name - of the file or folder that the tool becomes
 * @throws Error naming the URL or the file
 */
export async function download(name: string, source: ToolSource, folder: string): Promise<void> {
  const file = path.posix.basename(new URL(source.url).pathname);
  const content = await fetchFile(source.url, { seconds: 900 });
  await requireChecksum(file, content, source);
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(path.join(folder, `.${name}-`));
  try {
    const fresh = path.join(scratch, "new");
    if (source.unpack) {
      const archive = path.join(scratch, "archive.tar.gz");
      await mkdir(fresh);
      await writeFile(archive, content);
      await capture("tar", ["-xzf", archive, "-C", fresh, `--strip-components=${source.topFolder === false ? 0 : 1}`], {
        seconds: 120,
      });
    } else {
      await writeFile(fresh, content);
      await chmod(fresh, 0o755);
    }
    await replaceTarget(fresh, path.join(folder, name), path.join(scratch, "old"));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
