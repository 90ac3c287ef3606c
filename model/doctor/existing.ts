import type { Observation } from "../checks/result";
import { overlap, parseNetwork, parsePool } from "../cluster/addressPool";
import { configSet, remedy } from "../output/remedy";
import { ok, problem } from "./finding";

/** A node as the API server describes it. */
export interface ClusterNode {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly status: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly nodeInfo?: { readonly kubeletVersion?: string };
  };
}

const argumentsOf = ({ metadata }: ClusterNode): readonly string[] => {
  try {
    return JSON.parse(metadata.annotations?.["k3s.io/node-args"] ?? "[]") as string[];
  } catch {
    return [];
  }
};

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
    return network && range && !overlap(network, range) ? [`${metadata.name} (${address})`] : [];
  });
  return outside === undefined
    ? ok("MetalLB, in the network of the nodes")
    : problem(
        `would announce addresses of ${subnet}, which node ${outside} is not in; nobody would answer there`,
        remedy`set subnet to the network of the nodes: ${configSet("subnet", "CIDR")}; or: ${off}`,
      );
}
