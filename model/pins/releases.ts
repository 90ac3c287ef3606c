import { compareVersions, minorOf } from "../mesh/versions";

/** Version of a release's tag, such as v1.34.4-k3s1 of v1.34.4+k3s1. Undefined for pre-releases and other tags. */
export function releaseOf(tag: string): string | undefined {
  const [, v = "", numbers, k3s] = /^(v|curl-)?(\d+[._]\d+[._]\d+)(?:\+(k3s\d+))?$/.exec(tag) ?? [];
  if (numbers === undefined) return undefined;
  const version = numbers.replaceAll("_", ".");
  return k3s ? `v${version}-${k3s}` : `${v === "v" ? v : ""}${version}`;
}

const withoutPrefix = (version: string): string => version.replace(/^v/, "");

/** The newest of some versions. Undefined if there is none. */
export const newestVersion = (versions: readonly string[]): string | undefined =>
  [...versions].sort((a, b) => compareVersions(withoutPrefix(a), withoutPrefix(b))).at(-1);

/** The newest version of each of these minors that has one. */
export const newestByMinor = (versions: readonly string[], minors: readonly string[]): string[] =>
  minors.flatMap((minor) => newestVersion(versions.filter((version) => minorOf(version) === minor)) ?? []);

/** True if two versions are the same, with or without a leading v. */
export const isSame = (a: string, b: string): boolean => compareVersions(withoutPrefix(a), withoutPrefix(b)) === 0;

/** Tags in the feed of a repository's releases on GitHub, an Atom document. */
export const tagsOfFeed = (feed: string): string[] =>
  [...feed.matchAll(/<id>tag:github\.com,\d+:Repository\/\d+\/([^<]+)<\/id>/g)].map(([, tag = ""]) => tag);
