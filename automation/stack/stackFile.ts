import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { exitCodes, OperationFailed } from "../../host/failure";
import { isMapping } from "../../model/mapping";
import { stateFolder } from "./backend";
import { stackFile } from "./project";

/** A stack's file of configuration, Pulumi.STACK.yaml. */
export interface StackFile {
  readonly config?: Readonly<Record<string, unknown>>;
  /** Salt with which its secrets are encrypted, together with the passphrase. */
  readonly encryptionsalt?: string;
  /** The service that encrypts its secrets, where it is not a passphrase. */
  readonly secretsprovider?: string;
}

export const isEncrypted = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  ("secure" in value || Object.values(value).some((inner) => isEncrypted(inner)));

/** Keys of a stack's file that are secrets. */
export const encryptedKeys = ({ config = {} }: StackFile): string[] =>
  Object.keys(config ?? {}).filter((key) => isEncrypted(config[key]));

/** Text of a stack's file; empty where there is none. @throws OperationFailed for a file that cannot be read */
export async function stackText(stack: string): Promise<string> {
  return readFile(stackFile(stack), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw new OperationFailed(
      `${path.basename(stackFile(stack))} cannot be read: ${error.code}; fix: make it a file that you may read`,
      exitCodes.config,
    );
  });
}

/** @throws OperationFailed for a text that is not YAML, or that has no keys where Pulumi requires them */
export function readStackFile(stack: string, text: string): StackFile {
  const name = path.basename(stackFile(stack));
  let content: unknown;
  try {
    content = parse(text) ?? {};
  } catch (error) {
    throw new OperationFailed(`${name} is not YAML: ${(error as Error).message}`, exitCodes.config);
  }
  if (!isMapping(content) || !isMapping(content["config"] ?? {}))
    throw new OperationFailed(
      `${name} must have its keys below config:, each as KEY: VALUE; fix: correct it, or remove it to start with the defaults`,
      exitCodes.config,
    );
  return content;
}

/** A text of a stack's file without its salt, which is one line of its top level; all the rest stays as it is. */
export const withoutSalt = (text: string): string => text.replace(/^encryptionsalt:.*(?:\r?\n|$)/m, "");

/**
 * Writes a copy of a stack's file into the state's folder and returns its path.
 *
 * Pulumi writes the salt of this machine's passphrase into the file that an operation reads; the stack's own file, which
 * people share, stays as they wrote it.
 */
export async function configCopy(stack: string): Promise<string> {
  const folder = path.join(stateFolder, "config");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const copy = path.join(folder, path.basename(stackFile(stack)));
  await writeFile(copy, (await stackText(stack)) || "{}\n", { mode: 0o600 });
  return copy;
}
