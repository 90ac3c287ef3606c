import type { Settings } from "../settings/contract";
import { revisionOf } from "./revisions";

export type Dataplane = Settings["dataplane"];

/** Annotation that istio-cni sets on a pod whose traffic it redirects to ztunnel. */
export const redirectionAnnotation = "ambient.istio.io/redirection";

type Labels = Readonly<Record<string, string>>;

/** Istio's charts for the dataplane on each node, in the order of their installation. */
export const ambientCharts = ["cni", "ztunnel"] as const;

/** The Helm release of each chart. */
export const ambientReleases = { cni: "istio-cni", ztunnel: "ztunnel" } as const;
export const cniDaemonSet = "istio-cni-node";
/** The DaemonSets of the charts. */
export const ambientDaemonSets = [cniDaemonSet, "ztunnel"] as const;

/**
 * Pod Security label of the mesh's namespace. ztunnel and istio-cni enter the network namespaces of pods, and the default
 * level of a cluster may forbid that.
 */
export const privilegedNamespace: Labels = { "pod-security.kubernetes.io/enforce": "privileged" };

interface ImageArgs {
  readonly hub: string;
  readonly version: string;
  readonly pullSecrets: readonly string[];
}

/**
 * Chart values of istio-cni. The profile `ambient` selects distroless images unless the variant is empty. k3d's nodes run
 * k3s: the platform `k3d` names folders of older versions of k3s, and no new pod would start
 * (https://github.com/istio/istio/issues/57110).
 */
export const cniValues = ({ hub, version, pullSecrets }: ImageArgs) => ({
  profile: "ambient",
  global: { hub, tag: version, variant: "", platform: "k3s", imagePullSecrets: [...pullSecrets] },
  resources: { requests: { cpu: "10m", memory: "64Mi" } },
});

/** Chart values of ztunnel, which the control plane of its own version serves. This chart has no `global` values. */
export const ztunnelValues = ({ hub, version, pullSecrets }: ImageArgs) => ({
  profile: "ambient",
  hub,
  tag: version,
  variant: "",
  revision: revisionOf(version),
  imagePullSecrets: [...pullSecrets],
  resources: { requests: { cpu: "20m", memory: "64Mi" } },
});
