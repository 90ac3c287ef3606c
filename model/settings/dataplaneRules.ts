import versions from "../../versions.json";
import { configRm, configSet } from "../output/remedy";
import type { CrossRule } from "./problem";

const modes = ["mtlsMode", "mtlsNamespaceMode", "mtlsWorkloadMode", "mtlsPortMode"] as const;

const strictNeedsProxies: CrossRule = (settings) => {
  const strict = modes.find((key) => settings[key] === "STRICT");
  return strict && settings.sidecarInjection === "off" && settings.dataplane === "sidecar"
    ? {
        key: strict,
        value: "STRICT",
        rule: "must not be STRICT while sidecarInjection is off, since it would protect nothing",
        remedy: [configSet("sidecarInjection", "namespace")],
      }
    : undefined;
};

/** The default and `off` are compatible with ambient. Pods that request sidecars would get them, and leave ambient. */
const ambientHasNoSidecars: CrossRule = ({ dataplane, sidecarInjection }) =>
  dataplane === "ambient" && sidecarInjection === "deployment"
    ? {
        key: "sidecarInjection",
        value: sidecarInjection,
        rule: "has no effect with dataplane = ambient, since its pods get no sidecars; allowed there: namespace, which is the default, or off",
        remedy: [configRm("sidecarInjection")],
      }
    : undefined;

/** ztunnel always encrypts between members of the mesh, so DISABLE would act like PERMISSIVE there. */
const ambientNeverDisables = modes.map(
  (key): CrossRule =>
    (settings) =>
      settings.dataplane === "ambient" && settings[key] === "DISABLE"
        ? {
            key,
            value: "DISABLE",
            rule: "must be PERMISSIVE or STRICT with dataplane = ambient: ztunnel treats DISABLE as PERMISSIVE, and encrypts between pods of the mesh all the same",
            remedy: [configSet(key, "PERMISSIVE")],
          }
        : undefined,
);

/**
 * ztunnel gets the mode of one port as a policy of its own. After a wider mode changed, it missed that policy and accepted
 * plain text at the port (seen with Istio 1.30.3).
 */
const ambientHasNoPortModes: CrossRule = ({ dataplane, mtlsPortMode }) =>
  dataplane === "ambient" && (mtlsPortMode === "STRICT" || mtlsPortMode === "PERMISSIVE")
    ? {
        key: "mtlsPortMode",
        value: mtlsPortMode,
        rule: "must be UNSET with dataplane = ambient: ztunnel does not always learn the mode of a single port, and would accept plain text there; mtlsWorkloadMode sets the mode of all ports",
        remedy: [configRm("mtlsPortMode")],
      }
    : undefined;

const waypointNeedsAmbient: CrossRule = ({ waypoint, dataplane }) =>
  waypoint && dataplane === "sidecar"
    ? {
        key: "waypoint",
        value: "true",
        rule: "needs dataplane = ambient, since sidecars route the calls of their pods themselves; with sidecars it must be false",
        remedy: [configSet("dataplane", "ambient")],
      }
    : undefined;

/** Istio calls VirtualServices in ambient alpha (https://istio.io/latest/docs/ambient/usage/l7-features/). */
const waypointNeedsGatewayApi: CrossRule = ({ waypoint, routing }) =>
  waypoint && routing === "istio"
    ? {
        key: "waypoint",
        value: "true",
        rule: "needs routing = gateway-api, since a waypoint is a Gateway of that API and follows its routes; with routing = istio it must be false",
        remedy: [configSet("routing", "gateway-api")],
      }
    : undefined;

/** istio-cni has to write into the folders of the node's own network plugin, which differ between kinds of clusters. */
const ambientNeedsK3d: CrossRule = ({ dataplane, cluster }) =>
  dataplane === "ambient" && cluster === "existing"
    ? {
        key: "dataplane",
        value: dataplane,
        rule: "must be sidecar with cluster = existing: the folders of that cluster's network plugin, into which istio-cni writes, are not known",
        remedy: [configSet("dataplane", "sidecar")],
      }
    : undefined;

/**
 * Oldest k3s of each minor whose containerd looks for network plugins in the folder into which istio-cni writes
 * (https://github.com/k3d-io/k3d/issues/1572). Newer minors always do.
 */
const oldestWithPlugins: Readonly<Record<string, number>> = { "1.32": 3 };

/** With an older k3s, istio-cni would install its plugin where containerd does not look for it, and no new pod would start. */
const ambientNeedsPluginFolder: CrossRule = ({ dataplane, cluster, k3sVersion = "" }) => {
  const [, minor = "", patch] = /^v(\d+\.\d+)\.(\d+)/.exec(k3sVersion) ?? [];
  const oldest = oldestWithPlugins[minor] ?? 0;
  return dataplane === "ambient" && cluster === "k3d" && Number(patch) < oldest
    ? {
        key: "k3sVersion",
        value: k3sVersion,
        rule: `must be v${minor}.${oldest} or newer with dataplane = ambient: older k3s has its network plugins in another folder, and with istio-cni no new pod would start`,
        remedy: [configSet("k3sVersion", versions.k3s)],
      }
    : undefined;
};

/** Every rule about which dataplane goes with which other settings. */
export const dataplaneRules: readonly CrossRule[] = [
  strictNeedsProxies,
  ambientHasNoSidecars,
  ...ambientNeverDisables,
  ambientHasNoPortModes,
  ambientNeedsK3d,
  ambientNeedsPluginFolder,
  waypointNeedsAmbient,
  waypointNeedsGatewayApi,
];
