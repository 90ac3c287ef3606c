import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { backendFolder, readFailure, stackIdentity } from "./backend";

const unzip = promisify(gunzip);

/** A resource in a stack's state. */
export interface StateResource {
  readonly type: string;
  readonly urn: string;
  readonly protect?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** State of a stack, as `pulumi stack export` writes it. */
export interface Deployment {
  readonly resources?: readonly StateResource[];
  readonly secrets_providers?: { readonly state?: { readonly salt?: string } };
}

/**
 * State of a stack in a backend of files, read without Pulumi, which needs half a second.
 *
 * @returns undefined for another backend, for a stack without a state, and for a state that is half written
 * @throws OperationFailed for a state that another user owns
 */
export async function deploymentInFile(stack: string): Promise<Deployment | undefined> {
  const folder = backendFolder();
  if (folder === undefined) return undefined;
  const { project, name } = stackIdentity(stack);
  const file = path.join(folder, ".pulumi", "stacks", project, `${name}.json`);
  try {
    const text = await readFile(file, "utf8").catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      return (await unzip(await readFile(`${file}.gz`))).toString();
    });
    return (JSON.parse(text) as { checkpoint?: { latest?: Deployment } }).checkpoint?.latest;
  } catch (error) {
    const failure = readFailure(file, error as NodeJS.ErrnoException);
    if (failure !== error) throw failure;
    return undefined;
  }
}
