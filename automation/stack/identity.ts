import { readFile } from "node:fs/promises";
import path from "node:path";
import { stateLocation } from "../../host/stateLocation";
import type { Owner } from "../../model/cluster/ownership";
import { ownerOf } from "../../model/names";
import { backendFolder, preparedBackend, stackIdentity } from "./backend";
import { projectName, shortName } from "./project";
import { knownState } from "./releases";

/** A stack and the place of its state as Docker's labels name them; the same before and after the tools are prepared. */
export const labelledOwner = (stackName: string): Owner => ({
  stack: ownerOf(projectName(), shortName(stackName)),
  state: stateLocation(process.cwd(), preparedBackend()),
});

/**
 * A stack as Docker's labels tell it, with the id of its state in files, if it has one yet.
 *
 * @returns undefined for a state that is not in files, which only Pulumi can read
 */
export async function ownerInFile(stackName: string): Promise<Owner | undefined> {
  const folder = backendFolder();
  if (folder === undefined) return undefined;
  const { project, name } = stackIdentity(stackName);
  const text = await readFile(path.join(folder, ".pulumi", "stacks", project, `${name}.json`), "utf8").catch(() => "");
  const owner = labelledOwner(stackName);
  const id = identityIn(text);
  return id === undefined ? owner : { ...owner, id };
}

/** A state that is half written or compressed holds no id that this can read. */
function identityIn(text: string): string | undefined {
  try {
    const { checkpoint } = JSON.parse(text) as { checkpoint?: { latest?: unknown } };
    return knownState(checkpoint?.latest ?? null).identity;
  } catch {
    return undefined;
  }
}
