import { copyFile, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { parseJson } from "../../model/json";
import { namesIn } from "./backend";

/**
 * Mends the files of a stack's local state that a kill in the middle of a write left.
 *
 * Pulumi writes the attributes beside a state file by themselves, and then refuses an empty one with "failed to load
 * checkpoint: EOF"; without them it reads the state. A torn state file is replaced by the one before it.
 *
 * @param folder - where Pulumi keeps the stacks of a local state
 */
export async function mendStateFiles(stack: string, folder: string, say: (line: string) => void): Promise<void> {
  const files = (await namesIn(folder)).filter((name) => name.startsWith(`${stack}.json`));
  const broken = async (name: string) =>
    files.includes(name) && parseJson(await readFile(path.join(folder, name), "utf8")) === undefined;
  for (const name of files) {
    const torn = /\.[0-9a-f]{16}\.tmp$/.test(name) || (name.endsWith(".attrs") && (await broken(name)));
    if (!torn) continue;
    await rm(path.join(folder, name));
    say(`removed ${name}, which was half written`);
  }
  const [current, backup] = [`${stack}.json`, `${stack}.json.bak`];
  if ((await broken(current)) && files.includes(backup) && !(await broken(backup))) {
    await copyFile(path.join(folder, backup), path.join(folder, current));
    await rm(path.join(folder, `${current}.attrs`), { force: true });
    say(`restored ${current}, which was half written, from the state before it`);
  }
}
