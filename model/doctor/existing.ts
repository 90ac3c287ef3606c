import type { Observation } from "../checks/result";
import { overlaps, parseNetwork, parsePool } from "../cluster/addressPool";
import { parseJson } from "../json";
import { meshNamespace } from "../names";
import { configSet, remedy } from "../output/remedy";
import { ok, problem, warning } from "./finding";

/** A node as the API server describes it. */
export interface ClusterNode {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly status: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly nodeInfo?: { readonly kubeletVersion?: string };
  };
}

/** A Deployment with the label of a control plane of Istio. */
export interface ControlPlane {
  readonly metadata: { readonly name: string; readonly namespace: string };
}

/** True for a control plane as a stack names it: by its full version, such as istiod-1-31-1. */
const isOfStack = ({ metadata: { name, namespace } }: ControlPlane): boolean =>
  namespace === meshNamespace && /^istiod-\d+-\d+-\d+/.test(name);

const uninstall = "https://istio.io/latest/docs/setup/install/helm/#uninstall";

/**
 * Checks an existing cluster for an Istio of another owner, whose CRDs the environment could not install again. An Istio that
 * was installed while the environment was up does not affect it.
 */
export function istioIn(controlPlanes: readonly ControlPlane[]): Observation {
  const foreign = controlPlanes.find((controlPlane) => !isOfStack(controlPlane));
  if (!foreign) return ok("none of another owner");
  const { name, namespace } = foreign.metadata;
  const other = `the cluster has the control plane ${namespace}/${name}, which this stack did not install`;
  if (controlPlanes.some(isOfStack))
    return warning(other, `keep them apart by revisions, or remove it: ${uninstall}`, "before-anything-is-made");
  return problem(
    `${other}; the environment installs Istio itself, and two of them cannot share the CRDs`,
    remedy`another cluster: ${configSet("kubeContext", "NAME")}; or one of its own: ${configSet("cluster", "k3d")}; or remove that Istio: ${uninstall}`,
  );
}

const argumentsOf = ({ metadata }: ClusterNode): readonly string[] =>
  parseJson<string[]>(metadata.annotations?.["k3s.io/node-args"] ?? "") ?? [];

/** True if k3s' own load balancer (servicelb) answers for Services of type LoadBalancer. */
export function hasServicelb(nodes: readonly ClusterNode[]): boolean {
  const servers = nodes.filter((node) => argumentsOf(node)[0] === "server");
  return servers.some((node) => {
    const args = argumentsOf(node);
    const disabled = args.flatMap((arg, i) =>
      arg === "--disable"
        ? (args[i + 1] ?? "").split(",")
        : arg.startsWith("--disable=")
          ? arg.slice(10).split(",")
          : [],
    );
    return !disabled.includes("servicelb");
  });
}

/** Checks an existing cluster for MetalLB: it needs nodes in its network, and no other load balancer. */
export function metallbIn(nodes: readonly ClusterNode[], subnet: string): Observation {
  const off = configSet("loadBalancer", "off");
  if (hasServicelb(nodes))
    return problem("is k3s' own (servicelb) in this cluster; two of them would take each other's addresses", [off]);
  const network = parseNetwork(subnet);
  const [outside] = nodes.flatMap(({ metadata, status }) => {
    const address = status.addresses?.find(({ type }) => type === "InternalIP")?.address;
    const range = address === undefined ? undefined : parsePool(`${address}-${address}`);
    return network && range && !overlaps(network, range) ? [`${metadata.name} (${address})`] : [];
  });
  return outside === undefined
    ? ok("MetalLB, in the network of the nodes")
    : problem(
        `would announce addresses of ${subnet}, which node ${outside} is not in; nobody would answer there`,
        remedy`set subnet to the network of the nodes: ${configSet("subnet", "CIDR")}; or: ${off}`,
      );
}
