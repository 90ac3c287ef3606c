import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { certificateNicknames, defaultNssFolder, nssPlaces } from "../model/security/trust";
import { type CommandFailed, capture } from "./process";

/** A CA that a certificate store adds or removes. */
export interface TrustedCa {
  /** Name under which the store lists it. */
  readonly name: string;
  readonly pem: string;
  /** File with the certificate in PEM. */
  readonly file: string;
}

/** A certificate store of this account, which changes it without an administrator. */
export interface CertificateStore {
  /** Browsers that read it. */
  readonly browser: string;
  readonly add: (ca: TrustedCa) => Promise<void>;
  /** Removes a CA. @returns true if the store had it */
  readonly remove: (ca: TrustedCa) => Promise<boolean>;
}

const sameCertificate = (a: string, b: string): boolean =>
  new X509Certificate(a).fingerprint256 === new X509Certificate(b).fingerprint256;

/** A database of NSS, which its tool certutil changes. */
function nssStore(browser: string, folder: string): CertificateStore {
  const certutil = (...args: string[]) => capture("certutil", ["-d", `sql:${folder}`, ...args], { seconds: 30 });
  return {
    browser,
    add: async ({ name, file }) => {
      await certutil("-A", "-t", "C,,", "-n", name, "-i", file);
    },
    remove: async ({ pem }) => {
      let removed = false;
      for (const name of certificateNicknames(await certutil("-L"))) {
        // compares the certificates, because a CA of another checkout may have the same name
        if (!name.startsWith("istio-on-k3d ") || !sameCertificate(await certutil("-L", "-n", name, "-a"), pem))
          continue;
        await certutil("-D", "-n", name);
        removed = true;
      }
      return removed;
    },
  };
}

/** Seconds for a command of macOS that asks its user for the password of the account. */
const passwordPrompt = 300;

/** The login keychain of macOS, which Safari and Chrome read, and Firefox from version 120 on. */
function keychain(home: string): CertificateStore {
  const file = path.join(home, "Library/Keychains/login.keychain-db");
  const security = (...args: string[]) => capture("security", args, { seconds: passwordPrompt });
  return {
    browser: "Safari, Chrome and Firefox from 120 on (login keychain)",
    add: async (ca) => {
      await security("add-trusted-cert", "-r", "trustRoot", "-k", file, ca.file);
    },
    remove: ({ pem }) =>
      security("delete-certificate", "-Z", new X509Certificate(pem).fingerprint.replaceAll(":", ""), "-t", file).then(
        () => true,
        (error: CommandFailed) => {
          // the status 1 has other reasons too
          // https://github.com/apple-oss-distributions/Security/blob/main/SecurityTool/macOS/keychain_delete.c
          if (/Unable to delete certificate matching|could not be found/.test(error.reason)) return false;
          throw error;
        },
      ),
  };
}

/** Folders of NSS databases that exist below the account's home. */
async function nssFolders(home: string): Promise<{ browser: string; folder: string }[]> {
  const folders = await Promise.all(
    nssPlaces.map(async ({ browser, path: relative, profiles }) => {
      const top = path.join(home, relative);
      const names = profiles ? await readdir(top).catch(() => [] as string[]) : [""];
      return names.map((name) => ({ browser, folder: path.join(top, name) }));
    }),
  );
  return folders.flat().filter(({ folder }) => existsSync(path.join(folder, "cert9.db")));
}

/**
 * The certificate stores of this account. Empty on systems other than Linux and macOS.
 *
 * @param home - @default the account's home folder
 */
export async function certificateStores(
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): Promise<readonly CertificateStore[]> {
  if (platform === "darwin") return [keychain(home)];
  if (platform !== "linux") return [];
  return (await nssFolders(home)).map(({ browser, folder }) => nssStore(browser, folder));
}

/**
 * Creates the database that Chrome and Chromium read, unless one of theirs exists.
 *
 * @returns the folder that was created, to be removed again; undefined if there was one
 */
export async function ensureNssDatabase(): Promise<string | undefined> {
  const home = homedir();
  const existing = await nssFolders(home);
  if (process.platform !== "linux" || existing.some(({ browser }) => browser === nssPlaces[0]?.browser))
    return undefined;
  const folder = path.join(home, defaultNssFolder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await capture("certutil", ["-d", `sql:${folder}`, "-N", "--empty-password"], { seconds: 30 });
  return folder;
}

/** Removes a database that `ensureNssDatabase` created, unless somebody has put a certificate into it since. */
export async function removeEmptyNssDatabase(folder: string): Promise<void> {
  if (!existsSync(path.join(folder, "cert9.db"))) return;
  const listing = await capture("certutil", ["-d", `sql:${folder}`, "-L"], { seconds: 30 });
  if (certificateNicknames(listing).length === 0) await rm(folder, { recursive: true });
}
