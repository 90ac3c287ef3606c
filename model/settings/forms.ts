import { parseUrl } from "../url";

/** Forms that a single value can have, each as a predicate. */

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A DNS name of at least two labels, at most 240 characters so that a host name fits before it (RFC 1123). */
export function dnsName(value: string): boolean {
  const labels = value.split(".");
  const last = labels.at(-1) ?? "";
  return value.length <= 240 && labels.length >= 2 && labels.every((part) => label.test(part)) && !/^\d+$/.test(last);
}

/** A header for a user's own purpose that no proxy sets or strips. It is in lower case, as Envoy compares headers. */
export function requestHeader(value: string): boolean {
  return /^x-(?!forwarded-|envoy-|b3-|request-id$|real-ip$)[a-z0-9]+(-[a-z0-9]+)*$/.test(value) && value.length <= 64;
}

/** Word for an empty list or an absent name. */
export const none = "none";
/** Word for a value that the program computes. */
export const auto = "auto";

/** The parts of a list that is separated by commas. */
export const listItems = (value: string): string[] =>
  value === none ? [] : value.split(",").map((part) => part.trim());

/** A list of names without blanks, none of them twice. */
export function nameList(value: string): boolean {
  const names = listItems(value);
  return names.every((name) => /^[^\s,]{1,253}$/.test(name) && name !== none) && new Set(names).size === names.length;
}

/** An integer from `min` to `max`. */
export function integer(min: number, max: number): (value: number) => boolean {
  return (value) => Number.isInteger(value) && value >= min && value <= max;
}

/** A k3d cluster name; k3d allows 32 characters (k3d `pkg/client/cluster.go`). */
export function k3dName(value: string): boolean {
  return /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(value) && value.length <= 32;
}

/** An exact version without prefix or suffix. */
export function semver(value: string): boolean {
  return /^(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})$/.test(value);
}

/** An exact version as above, or a pre-release of one, such as 1.31.0-rc.0. */
export const release = (value: string): boolean => semver(value.replace(/-(beta|rc)\.(0|[1-9]\d{0,3})$/, ""));

/**
 * The normal form of a URL: without user, password, query, fragment and a slash at its end.
 *
 * @returns undefined for a text that is not a URL with a host
 */
export function plainUrl(value: string): string | undefined {
  const parsed = parseUrl(value);
  if (!parsed) return undefined;
  Object.assign(parsed, { username: "", password: "", search: "", hash: "" });
  return parsed.hostname === "" ? undefined : parsed.href.replace(/[/?#]+$/, "");
}

/**
 * A URL of one of the schemes in its normal form.
 *
 * WHATWG's parser repairs texts such as `https:/host`, `https:\\host` and tabs within. Other programs read the same text
 * otherwise, so a text that the parser changes is rejected. A single slash at the end makes no difference.
 */
export function url(...schemes: string[]): (value: string) => boolean {
  return (value) => {
    const plain = plainUrl(value);
    return plain !== undefined && schemes.includes(new URL(plain).protocol) && [plain, `${plain}/`].includes(value);
  };
}

/**
 * A URL as above that containers reach too. The loopback interface of a container is its own, so localhost names the
 * container itself there.
 */
export function urlForContainers(...schemes: string[]): (value: string) => boolean {
  const isUrl = url(...schemes);
  return (value) => isUrl(value) && !/^(localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\])$/.test(new URL(value).hostname);
}

const port = "(:(6553[0-5]|655[0-2]\\d|65[0-4]\\d\\d|6[0-4]\\d{3}|[1-5]\\d{4}|[1-9]\\d{0,3}))?";
const hostLabel = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const host = `${hostLabel}(\\.${hostLabel})*${port}`;
const pathPart = "[a-z0-9]+((\\.|_{1,2}|-+)[a-z0-9]+)*";
const hub = new RegExp(`^${host}(/${pathPart})+$`);
const bareName = new RegExp(`^${pathPart}$`);
const bareHost = new RegExp(`^(${host})$`);

/** The host of a registry, and its port. */
export const registryHost = (value: string): boolean => bareHost.test(value);

/** A registry host, optional port, and path, without tag or digest (distribution/reference grammar, lower case). */
export const imageHub = (value: string): boolean => hub.test(value);

/** An image without tag or digest. A name without a registry is one of Docker Hub's, such as nginx. */
export const imageName = (value: string): boolean => imageHub(value) || bareName.test(value);

/** Registries in which an image needs an owner before its name. */
const ownedRegistries = ["docker.io", "ghcr.io", "quay.io"];

/** Push target of images: a registry with a path, or a private registry without one, such as localhost:5000. */
export function pushTarget(value: string): boolean {
  const registry = bareHost.test(value) && /[.:]|^localhost$/.test(value) && !ownedRegistries.includes(value);
  return imageHub(value) || registry;
}

/** A domain that no name inside a cluster ends with: such a host would shadow a Service's own name. */
export const outsideCluster = (value: string): boolean => !/(^|\.)(svc|cluster\.local)$/.test(value);

/** Value of `canaryHeader` if no header selects a version. */
export const noHeader = "off";

/** The numbers of a list such as "1,2"; undefined where it is not one of one to three numbers from 1 to 99, in order. */
export function caNumbers(list: string): number[] | undefined {
  const numbers = list.split(",").map((part) => (/^ *[1-9]\d? *$/.test(part) ? Number(part) : 0));
  const inOrder = numbers.every((number, i) => number > (numbers[i - 1] ?? 0));
  return inOrder && numbers.length <= 3 ? numbers : undefined;
}
