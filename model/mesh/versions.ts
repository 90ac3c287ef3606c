import versions from "../../versions.json";

/** Versions of other projects that a minor of Istio works with (https://istio.io/latest/docs/releases/supported-releases/). */
export interface WorksWith {
  /** Minors of Kubernetes, such as 1.34. */
  readonly kubernetes: readonly string[];
  /** Version of the Gateway API whose CRDs the environment installs. Istio ignores kinds of an older minor. */
  readonly gatewayApi: string;
}

/** Every supported minor of Istio. */
export const supportedIstio: Readonly<Record<string, WorksWith>> = versions.supported.istio;

/** Minor of a version, such as 1.34 of v1.34.4-k3s1. */
export const minorOf = (version: string): string => version.replace(/^v/, "").split(".").slice(0, 2).join(".");

/** Number of a version's minor, such as 34 of v1.34.4-k3s1. */
export const minorNumber = (version: string): number => Number(minorOf(version).split(".")[1]);

const parts = (version: string) => {
  const [numbers = "", preRelease] = version.split(/-(.*)/s);
  return { numbers: numbers.split(".").map(Number), preRelease };
};

/** Orders versions without a leading v, oldest first; a pre-release is older than its release (https://semver.org/#spec-item-11). */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(left.numbers.length, right.numbers.length); i++) {
    const difference = (left.numbers[i] ?? 0) - (right.numbers[i] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.preRelease === right.preRelease) return 0;
  if (left.preRelease === undefined) return 1;
  if (right.preRelease === undefined) return -1;
  return left.preRelease.localeCompare(right.preRelease, "en", { numeric: true });
}
