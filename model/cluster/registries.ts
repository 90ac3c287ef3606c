import { listItems, none, registryHost, urlForContainers } from "../settings/forms";

/** Name of the Secret with which pods pull, in each namespace of the environment. */
export const pullSecretName = "registry-credentials";

/**
 * Mirrors by the host of the registry that each stands for.
 *
 * @param text - HOST=URL, separated by commas
 * @returns undefined where that is not its form
 */
export function parseMirrors(text: string): Readonly<Record<string, string>> | undefined {
  const pairs = listItems(text).map((part) => part.split("=") as [string, string]);
  const formed = pairs.every(
    (pair) => pair.length === 2 && registryHost(pair[0]) && urlForContainers("http:", "https:")(pair[1]),
  );
  const hosts = new Set(pairs.map(([host]) => host));
  return formed && hosts.size === pairs.length ? Object.fromEntries(pairs) : undefined;
}

/** User and password by the host that requires them. */
export type RegistryLogins = Readonly<Record<string, { readonly username: string; readonly password: string }>>;

/**
 * Content of the file that configures mirrors for k3s' nodes (https://docs.k3s.io/installation/private-registry).
 *
 * It has several lines, because k3d reads a single line as the name of a file.
 */
export function registriesFile(mirrors: Readonly<Record<string, string>>, logins: RegistryLogins = {}): string {
  const entries = Object.entries(mirrors).map(([host, url]) => [host, { endpoint: [url] }]);
  const configs = Object.entries(logins).map(([host, auth]) => [host, { auth }]);
  return JSON.stringify(
    {
      mirrors: Object.fromEntries(entries),
      ...(configs.length > 0 && { configs: Object.fromEntries(configs) }),
    },
    null,
    2,
  );
}

/** Docker encodes the bytes of UTF-8; atob() alone gives one character for each byte. */
const fromBase64 = (text: string): string =>
  new TextDecoder().decode(Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0)));

type DockerLogins = Readonly<Record<string, { auth?: unknown; username?: unknown; password?: unknown }>>;

/**
 * Credentials with which the nodes pull from their mirrors.
 *
 * @param pullSecret - text of a Docker config.json, or none
 */
export function mirrorLogins(registryMirrors: string, pullSecret: string): RegistryLogins {
  if (pullSecret === none) return {};
  const { auths } = JSON.parse(pullSecret) as { auths: DockerLogins };
  const mirrorHosts = new Set(Object.values(parseMirrors(registryMirrors) ?? {}).map((mirror) => new URL(mirror).host));
  const logins = Object.entries(auths).map(([registry, { auth, username, password }]) => [
    registry.replace(/^https?:\/\//, "").replace(/\/.*$/, ""),
    // Docker writes USER:PASSWORD in Base64
    typeof auth === "string" ? parseCredentials(fromBase64(auth)) : { username, password },
  ]);
  return Object.fromEntries(logins.filter(([host]) => mirrorHosts.has(host as string)));
}

/** True if a text has the form of Docker's config.json: an object of registries, each with `auth` or user and password. */
export function dockerCredentials(text: string): boolean {
  if (text === none) return true;
  try {
    const { auths } = JSON.parse(text) as { auths?: DockerLogins };
    const hasCredentials = ({ auth, username, password }: DockerLogins[string]) =>
      (typeof auth === "string" && /^[^:]+:/.test(fromBase64(auth))) ||
      (typeof username === "string" && typeof password === "string");
    return auths !== undefined && Object.keys(auths).length > 0 && Object.values(auths).every(hasCredentials);
  } catch {
    return false;
  }
}

/** User and password of a text USER:PASSWORD; neither for none. */
export function parseCredentials(text: string): { username?: string; password?: string } {
  if (text === none) return {};
  const colon = text.indexOf(":");
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
