import versions from "../../versions.json";
import { minorNumber, minorOf, supportedIstio } from "../mesh/versions";
import { type CommandLine, configRm, configSet } from "../output/remedy";
import { none } from "./forms";
import type { CrossRule } from "./problem";

/** Minors by which a control plane may be newer than the proxies that it serves. */
export const proxySkew = 2;

/** Command that makes the versions fit: sets the pinned Kubernetes if it is supported, or else changes Istio. */
const remedyFor = (minors: readonly string[], key: "istioVersion" | "nextIstioVersion"): CommandLine =>
  minors.includes(minorOf(versions.k3s))
    ? configSet("k3sVersion", versions.k3s)
    : key === "istioVersion"
      ? configSet(key, versions.istio)
      : configRm(key);

/** Each control plane has to support the cluster's Kubernetes. */
const supportedPairs = (["istioVersion", "nextIstioVersion"] as const).map(
  (key): CrossRule =>
    (settings) => {
      const { cluster, k3sVersion, [key]: istio } = settings;
      if (istio === undefined || istio === none || k3sVersion === undefined || cluster === "existing") return undefined;
      const minors = supportedIstio[minorOf(istio)]?.kubernetes ?? [];
      return minors.includes(minorOf(k3sVersion))
        ? undefined
        : {
            key: "k3sVersion",
            value: k3sVersion,
            rule: `must be Kubernetes ${minors.join(", ")} for Istio ${istio}`,
            remedy: [remedyFor(minors, key)],
          };
    },
);

/**
 * The next control plane may not be of an older minor than the proxies, which are of istioVersion. The same version is
 * allowed: it is the configuration between the two changes that end an upgrade.
 */
const nextWithinSkew: CrossRule = ({ istioVersion, nextIstioVersion: next }) => {
  if (istioVersion === undefined || next === undefined || next === none) return undefined;
  const minors = minorNumber(next) - minorNumber(istioVersion);
  const problem =
    minors < 0
      ? `must not be of an older minor than istioVersion, ${istioVersion}: Istio does not support proxies that are newer than their control plane`
      : minors > proxySkew
        ? `must be at most ${proxySkew} minors newer than istioVersion, ${istioVersion}, whose proxies it has to serve`
        : undefined;
  return problem === undefined
    ? undefined
    : { key: "nextIstioVersion", value: next, rule: problem, remedy: [configRm("nextIstioVersion")] };
};

/** Every rule about which versions go together (https://istio.io/latest/docs/releases/supported-releases/). */
export const versionRules: readonly CrossRule[] = [...supportedPairs, nextWithinSkew];
