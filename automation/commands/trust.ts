import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { type CommandFailed, run } from "../../host/process";
import { caFile } from "../../model/names";
import {
  certificatesOf,
  systemWide,
  type Trust,
  trustCommands,
  trustName,
  type Words,
} from "../../model/security/trust";
import { exitCodes, OperationFailed } from "../stack/operation";
import { running } from "../stack/running";
import { openStack } from "../stack/stack";

/** Which certificates this account trusts because of a stack: what has to be taken back. */
const recordOf = (stackName: string): string => path.join(".state", "trusted", stackName);

async function act([file, ...args]: Words): Promise<void> {
  await run(file, args, { seconds: 30 }).catch((error: CommandFailed) => {
    const install = file === "certutil" ? "; on Debian and Ubuntu: sudo apt install libnss3-tools" : "";
    throw new OperationFailed(`${error.message}${install}`, exitCodes.environment);
  });
}

/** @throws OperationFailed on a system that is not known */
function commandsFor(stackName: string, number: number, file: string, pem: string): Trust {
  const thumbprint = new X509Certificate(pem).fingerprint.replaceAll(":", "");
  const commands = trustCommands(process.platform, homedir(), { name: trustName(stackName, number), file, thumbprint });
  if (!commands) throw new OperationFailed(`this is not known for ${process.platform}`, exitCodes.environment);
  return commands;
}

/** Takes back all trust in a stack's CAs; what is gone from the store already is no error. */
export async function distrust(stackName: string): Promise<boolean> {
  const record = recordOf(stackName);
  const files = await readdir(record).catch(() => []);
  for (const file of files) {
    const pem = await readFile(path.join(record, file), "utf8");
    const { remove } = commandsFor(stackName, Number(path.parse(file).name), path.join(record, file), pem);
    await act(remove).catch(() => {});
  }
  await rm(record, { recursive: true, force: true });
  return files.length > 0;
}

/** NSS has a database only where something made one. */
async function ensureStore(): Promise<void> {
  const folder = path.join(homedir(), ".pki", "nssdb");
  if (process.platform !== "linux" || existsSync(path.join(folder, "cert9.db"))) return;
  await mkdir(folder, { recursive: true });
  await act(["certutil", "-d", `sql:${folder}`, "-N", "--empty-password"]);
}

/** Makes this account's own store trust exactly the CAs of a bundle because of a stack. */
export async function trustBundle(stackName: string, bundle: string): Promise<void> {
  await distrust(stackName);
  await ensureStore();
  const record = recordOf(stackName);
  await mkdir(record, { recursive: true });
  for (const [i, pem] of certificatesOf(bundle).entries()) {
    const file = path.join(record, `${i + 1}.pem`);
    await writeFile(file, `${pem}\n`);
    await act(commandsFor(stackName, i + 1, file, pem).add);
  }
}

/**
 * Makes this account's browsers trust the environment's CAs, or with `--undo` no longer: `npm run trust [-- --undo]`.
 *
 * @throws OperationFailed where the account's store cannot be changed
 */
export async function trust(stackName: string, undo: boolean, say: (line: string) => void): Promise<void> {
  if (undo) {
    say((await distrust(stackName)) ? "this account trusts the CA no longer" : "this account did not trust the CA");
    return;
  }
  const { ca } = await running(await openStack(stackName), exitCodes.environment);
  await trustBundle(stackName, ca);
  say("this account's browsers trust the CA; npm run trust -- --undo and npm run destroy take it back");
  if (process.platform === "linux") say(`for every program and user: ${systemWide(stackName, caFile(stackName))}`);
}
