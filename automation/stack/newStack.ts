import { mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { exitCodes, OperationFailed } from "../../host/failure";
import { type CommandFailed, capture } from "../../host/process";
import { backendFolder, stateFolder } from "./backend";
import { passphraseOpens, readPassphrase } from "./encryption";
import { stackExists } from "./knownStacks";
import { projectBackend, projectName, stackFile } from "./project";
import { readStackFile, stackText, withoutSalt } from "./stackFile";

/**
 * Creates a stack, and leaves Pulumi's selected stack and the stack's file as they are.
 *
 * When Pulumi creates a stack, it writes the salt of this machine's passphrase into the stack's file. So this function runs
 * it in a temporary folder with a project of the same name. It keeps the file's salt if the passphrase opens it. The folder
 * of the state has to exist.
 */
export async function createStack(stack: string): Promise<void> {
  const folder = await mkdtemp(path.join(stateFolder, "new-"));
  try {
    const state = backendFolder();
    const url = state === undefined ? projectBackend() : pathToFileURL(state).href;
    const backend = url ? `backend:\n  url: ${url}\n` : "";
    await writeFile(path.join(folder, "Pulumi.yaml"), `name: ${projectName()}\nruntime: nodejs\n${backend}`);
    const text = await stackText(stack);
    const { encryptionsalt: salt } = readStackFile(stack, text);
    const usable = salt && (await passphraseOpens(await readPassphrase(stack), salt)) ? text : withoutSalt(text);
    if (usable) await writeFile(path.join(folder, path.basename(stackFile(stack))), usable);
    await capture("pulumi", ["stack", "init", stack, "--no-select", "--non-interactive", "--cwd", folder]).catch(
      async (error: CommandFailed) => {
        // another command has created it meanwhile
        if (await stackExists(stack)) return;
        throw new OperationFailed(error.reason.replace(/^error: /, ""), exitCodes.failed);
      },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
