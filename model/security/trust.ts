/** A command line, word by word. */
export type Words = readonly [string, ...string[]];

/** How this machine's user comes to trust a CA, and how to take that back. */
export interface Trust {
  readonly add: Words;
  readonly remove: Words;
}

/** What certificate stores call the CA of an environment. */
export const trustName = (stack: string, number: number): string => `istio-on-k3d ${stack} ${number}`;

/**
 * The commands for the user's own store, which need no administrator: NSS on Linux, which Chrome and Chromium read
 * (https://chromium.googlesource.com/chromium/src/+/main/docs/linux/cert_management.md), the login keychain on macOS,
 * the user's roots on Windows.
 *
 * @param file - with one certificate in PEM
 * @param thumbprint - SHA-1 of the certificate, hexadecimal without colons
 * @returns undefined on other systems
 */
export function trustCommands(
  platform: string,
  home: string,
  { name, file, thumbprint }: { name: string; file: string; thumbprint: string },
): Trust | undefined {
  const nss = `sql:${home}/.pki/nssdb`;
  const keychain = `${home}/Library/Keychains/login.keychain-db`;
  const all: Readonly<Record<string, Trust>> = {
    linux: {
      add: ["certutil", "-d", nss, "-A", "-t", "C,,", "-n", name, "-i", file],
      remove: ["certutil", "-d", nss, "-D", "-n", name],
    },
    darwin: {
      add: ["security", "add-trusted-cert", "-r", "trustRoot", "-k", keychain, file],
      remove: ["security", "delete-certificate", "-Z", thumbprint, "-t", keychain],
    },
    win32: {
      add: ["certutil", "-user", "-addstore", "Root", file],
      remove: ["certutil", "-user", "-delstore", "Root", thumbprint],
    },
  };
  return all[platform];
}

/** For what reads the system's store alone, such as curl on Linux: shown, never run, since it needs an administrator. */
export const systemWide = (stack: string, file: string): string =>
  `sudo cp ${file} /usr/local/share/ca-certificates/istio-on-k3d-${stack}.crt && sudo update-ca-certificates`;

/** The certificates of a bundle, each in PEM. */
export const certificatesOf = (bundle: string): string[] =>
  bundle.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
