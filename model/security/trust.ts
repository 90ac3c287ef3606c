/** A possible place of a browser's NSS certificate database. */
export interface NssPlace {
  /** Names of the browsers that read it. */
  readonly browser: string;
  /** Path below the home folder. With `profiles`, each folder in it may be one. */
  readonly path: string;
  readonly profiles: boolean;
}

/** Database that Chrome and Chromium read where it exists, and that older versions create. */
export const defaultNssFolder = ".pki/nssdb";

const chromium = "Chrome and Chromium";
const firefox = "Firefox";

/**
 * NSS databases of an account on Linux.
 *
 * Chromium: https://chromium.googlesource.com/chromium/src/+/main/docs/linux/cert_management.md; from version 146 on, the
 * one below `.local/share` is read where `.pki/nssdb` does not exist. Firefox has one in each profile.
 */
export const nssPlaces: readonly NssPlace[] = [
  { browser: chromium, path: defaultNssFolder, profiles: false },
  { browser: chromium, path: ".local/share/pki/nssdb", profiles: false },
  { browser: "Chromium (snap)", path: "snap/chromium/current/.pki/nssdb", profiles: false },
  { browser: firefox, path: ".mozilla/firefox", profiles: true },
  { browser: firefox, path: ".config/mozilla/firefox", profiles: true },
  { browser: "Firefox (snap)", path: "snap/firefox/common/.mozilla/firefox", profiles: true },
  { browser: "Firefox (Flatpak)", path: ".var/app/org.mozilla.firefox/.mozilla/firefox", profiles: true },
];

/** Beginning of the names under which certificate stores list the CAs of a stack. */
const trustPrefix = (stack: string): string => `istio-on-k3d ${stack} `;

/** Name of a CA in certificate stores. It has a part of the fingerprint, because two checkouts may have the same stack. */
export const trustName = (stack: string, number: number, fingerprint: string): string =>
  `${trustPrefix(stack)}${number} (${fingerprint.replaceAll(":", "").slice(0, 8).toLowerCase()})`;

/** Nicknames in the output of `certutil -L`: each line ends with the trust attributes. */
export const certificateNicknames = (listing: string): string[] =>
  [...listing.matchAll(/^(\S.*?) +[a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*\s*$/gm)].map(([, name = ""]) => name);

/** Command, for an administrator, that adds a CA to the system store, which curl and other programs on Linux read. */
export const systemTrustCommand = (stack: string, file: string): string =>
  `sudo cp ${file} /usr/local/share/ca-certificates/istio-on-k3d-${stack}.crt && sudo update-ca-certificates`;

/** Command, to be run in WSL, that adds a CA to the store of Windows' browsers. */
export const windowsTrustCommand = (file: string): string =>
  `certutil.exe -user -addstore Root "$(wslpath -w ${file})"`;

/** The PEM certificates in a bundle. */
export const certificatesOf = (bundle: string): string[] =>
  bundle.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
