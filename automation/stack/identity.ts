import { stateLocation } from "../../host/stateLocation";
import type { Owner } from "../../model/cluster/ownership";
import { ownerOf } from "../../model/names";
import { backendFolder, preparedBackend } from "./backend";
import { projectName, shortName } from "./project";
import { knownState } from "./releases";
import { deploymentInFile } from "./stateFile";

/** A stack and the place of its state as Docker's labels name them; the same before and after the tools are prepared. */
export const labelledOwner = (stackName: string): Owner => ({
  stack: ownerOf(projectName(), shortName(stackName)),
  state: stateLocation(process.cwd(), preparedBackend()),
});

/**
 * A stack as Docker's labels name it, with the id of its state in files if it has one yet.
 *
 * @returns undefined for a state that is not in files, which only Pulumi can read
 */
export async function ownerInFile(stackName: string): Promise<Owner | undefined> {
  if (backendFolder() === undefined) return undefined;
  const id = knownState(await deploymentInFile(stackName)).identity;
  const owner = labelledOwner(stackName);
  return id === undefined ? owner : { ...owner, id };
}
