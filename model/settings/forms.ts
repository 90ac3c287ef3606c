/** Forms that a single value can have, each as a predicate. */

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A DNS name of at least two labels, at most 240 characters so that a host name fits before it (RFC 1123). */
export function dnsName(value: string): boolean {
  const labels = value.split(".");
  const last = labels.at(-1) ?? "";
  return value.length <= 240 && labels.length >= 2 && labels.every((part) => label.test(part)) && !/^\d+$/.test(last);
}

/** A header for a user's own purpose, in lower case as Envoy knows it, that no proxy sets or strips. */
export function requestHeader(value: string): boolean {
  return /^x-(?!forwarded-|envoy-|b3-|request-id$|real-ip$)[a-z0-9]+(-[a-z0-9]+)*$/.test(value) && value.length <= 64;
}

/** Word for a list or a name that is left out. */
export const none = "none";

/** The parts of a list that is separated by commas. */
export const listed = (value: string): string[] => (value === none ? [] : value.split(",").map((part) => part.trim()));

/** A list of names without blanks, none of them twice. */
export function nameList(value: string): boolean {
  const names = listed(value);
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

/** A URL of one of the schemes, with a host and without user, password, query or fragment. */
export function url(...schemes: string[]): (value: string) => boolean {
  return (value) => {
    if (!URL.canParse(value) || value !== value.trim()) return false;
    const parsed = new URL(value);
    return (
      schemes.includes(parsed.protocol) &&
      parsed.hostname !== "" &&
      parsed.username === "" &&
      parsed.password === "" &&
      parsed.search === "" &&
      parsed.hash === ""
    );
  };
}

/** A registry host, optional port, and path, without tag or digest (distribution/reference grammar, lower case). */
export function imageHub(value: string): boolean {
  return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*)+$/.test(value);
}
