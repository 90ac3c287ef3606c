import { X509Certificate } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { release } from "node:os";
import path from "node:path";
import {
  type CertificateStore,
  certificateStores,
  ensureNssDatabase,
  removeEmptyNssDatabase,
  type TrustedCa,
} from "../../host/certificateStores";
import { CommandFailed } from "../../host/process";
import { caFile } from "../../model/names";
import { run } from "../../model/output/remedy";
import { certificatesOf, systemTrustCommand, trustName, windowsTrustCommand } from "../../model/security/trust";
import { exitCodes, OperationFailed } from "../stack/operation";
import { commandsFor } from "../stack/project";
import { runningEnvironment } from "../stack/runningEnvironment";
import { openStack } from "../stack/stack";

/** Folder with the certificates that this account trusts because of a stack, so that the trust can be removed. */
const recordOf = (stackName: string): string => path.join(".state", "trusted", stackName);
/** File in it that names the NSS database which was created for them. */
const createdFile = "created-database";

const undoing = run("trust", "--undo");

/** Turns the failure of a store's tool into an error with its remedy. */
async function changeStores<Result>(stackName: string, work: () => Promise<Result>): Promise<Result> {
  return work().catch((error: Error) => {
    if (!(error instanceof CommandFailed)) throw error;
    const missing = error.kind === "missing";
    const remedy = missing
      ? "install it, on Debian and Ubuntu: sudo apt install libnss3-tools"
      : `close the browsers, then try again: ${commandsFor(stackName)(undoing)}`;
    throw new OperationFailed(
      `a certificate store could not be changed: ${error.message}; fix: ${remedy}`,
      exitCodes.environment,
    );
  });
}

/** The CAs that this account trusts because of a stack. */
async function recordedCas(stackName: string): Promise<TrustedCa[]> {
  const record = recordOf(stackName);
  const files = (await readdir(record).catch(() => [])).filter((name) => name.endsWith(".pem"));
  return Promise.all(
    files.map(async (name) => {
      const file = path.join(record, name);
      const pem = await readFile(file, "utf8");
      return { name: nameOf(stackName, Number(path.parse(name).name), pem), pem, file };
    }),
  );
}

const nameOf = (stackName: string, number: number, pem: string): string =>
  trustName(stackName, number, new X509Certificate(pem).fingerprint256);

/**
 * Removes the trust in a stack's CAs from every store of this account.
 *
 * @returns false if this account trusted none of them
 * @throws OperationFailed if a store could not be changed; the record of what is trusted then stays
 */
export async function distrust(stackName: string): Promise<boolean> {
  const record = recordOf(stackName);
  const cas = await recordedCas(stackName);
  const created = await readFile(path.join(record, createdFile), "utf8").catch(() => undefined);
  await changeStores(stackName, async () => {
    const stores = cas.length > 0 ? await certificateStores() : [];
    for (const store of stores) for (const ca of cas) await store.remove(ca);
    if (created !== undefined) await removeEmptyNssDatabase(created);
  });
  await rm(record, { recursive: true, force: true });
  return cas.length > 0;
}

/**
 * Makes this account's stores trust exactly the CAs of a bundle because of a stack.
 *
 * @returns the stores that were changed
 * @throws OperationFailed if there is no store, or one could not be changed
 */
export async function trustBundle(stackName: string, bundle: string): Promise<readonly CertificateStore[]> {
  await distrust(stackName);
  const record = recordOf(stackName);
  return changeStores(stackName, async () => {
    await mkdir(record, { recursive: true });
    const created = await ensureNssDatabase();
    if (created !== undefined) await writeFile(path.join(record, createdFile), created);
    const stores = await certificateStores();
    if (stores.length === 0)
      throw new OperationFailed(`no certificate store is known on ${process.platform}`, exitCodes.environment);
    for (const [i, pem] of certificatesOf(bundle).entries()) {
      const file = path.join(record, `${i + 1}.pem`);
      await writeFile(file, `${pem}\n`);
      for (const store of stores) await store.add({ name: nameOf(stackName, i + 1, pem), pem, file });
    }
    return stores;
  });
}

/**
 * True if this account trusts CAs of a stack that are no longer its own, as after a change of `domain` or `keyAlgorithm`.
 *
 * @param bundle - the certificates of the CAs that the stack has now
 */
export async function trustsFormerCa(stackName: string, bundle: string): Promise<boolean> {
  const text = (pems: readonly string[]) => pems.map((pem) => pem.trim()).join("\n");
  const trusted = await recordedCas(stackName);
  return trusted.length > 0 && text(trusted.map(({ pem }) => pem)) !== text(certificatesOf(bundle));
}

/** Kernel of WSL, whose browsers are usually those of Windows. */
const inWsl = (): boolean => /microsoft/i.test(release());

/**
 * `npm run trust`: makes this account's browsers trust the environment's CAs. `--undo` removes that trust.
 *
 * @throws OperationFailed if a store of the account cannot be changed
 */
export async function trust(stackName: string, undo: boolean, say: (line: string) => void): Promise<void> {
  if (undo) {
    say((await distrust(stackName)) ? "this account trusts the CA no longer" : "this account did not trust the CA");
    return;
  }
  const { ca } = await runningEnvironment(await openStack(stackName), exitCodes.environment);
  const stores = await trustBundle(stackName, ca);
  const browsers = [...new Set(stores.map(({ browser }) => browser))];
  say(`these browsers of this account trust the CA after a restart: ${browsers.join(", ")}`);
  if (process.platform === "linux" && !browsers.some((browser) => browser.startsWith("Firefox")))
    say("Firefox does not: it has no profile here yet. Start it once, then run this command again");
  const commands = commandsFor(stackName);
  say(`${commands(undoing)} and ${commands(run("destroy"))} remove the trust`);
  if (inWsl()) say(`Windows' own browsers do not; run: ${windowsTrustCommand(caFile(stackName))}`);
  if (process.platform === "linux")
    say(`for every program and user: ${systemTrustCommand(stackName, caFile(stackName))}`);
}
