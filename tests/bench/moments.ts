import { type Api, listOf } from "../../host/kubernetes";
import type { Condition } from "../../model/kubernetes";

/** Something that became true in a cluster, in seconds since the command began. Kubernetes notes whole seconds. */
export interface Moment {
  readonly what: string;
  readonly at: number;
}

interface Created {
  readonly metadata: { readonly name: string; readonly creationTimestamp: string };
}
interface Node extends Created {
  readonly status: { readonly conditions: readonly (Condition & { readonly lastTransitionTime: string })[] };
}

/** The first namespace of a cluster: its API server creates it as soon as it answers. */
const firstNamespace = "/api/v1/namespaces/kube-system";

/**
 * When the API server of a cluster answered, and when each node became Ready, as the cluster itself has noted.
 *
 * @param begun - time of the beginning, in milliseconds since 1970
 */
export async function clusterMoments(api: Pick<Api, "get">, begun: number): Promise<readonly Moment[]> {
  const after = (time: string): number => (Date.parse(time) - begun) / 1000;
  const [{ metadata }, nodes] = await Promise.all([
    api.get<Created>(firstNamespace),
    listOf<Node>(api, "/api/v1/nodes"),
  ]);
  const ready = nodes.flatMap(({ metadata: { name }, status }) =>
    status.conditions
      .filter(({ type, status }) => type === "Ready" && status === "True")
      .map(({ lastTransitionTime }) => ({ what: `${name} was Ready`, at: after(lastTransitionTime) })),
  );
  const answered = { what: "the API server answered", at: after(metadata.creationTimestamp) };
  return [answered, ...ready].sort((a, b) => a.at - b.at);
}

/**
 * Reasons to do nothing in the cluster between its API server's first answer and k3d's end. For the labels, see
 * https://github.com/k3d-io/k3d/blob/v5.9.0/pkg/client/node.go, NodeAddToCluster, and cmd/node/nodeCreate.go.
 */
const unused = [
  "`cluster-nodes` ends when k3d has started the server and then the agents, and all are Ready. Only then begins the work in the",
  "cluster. `k3d node create` could add the agents beside that work, and save at most the time from the server's Ready to the end of the",
  "step. This is left out: it copies none of the labels that tell whose a container is, an up that is killed in between leaves",
  "a cluster without agents, and MetalLB and ambient mode, which run on every node, have to wait for the agents all the same.",
  "Before the server is Ready, only a second command beside k3d's could work in the cluster. If k3d failed, that command, and the",
  "user, would wait for an API server that never answers.",
];

/** Lines of the page about these moments. Empty without any. */
export const momentLines = (moments: readonly Moment[]): readonly string[] =>
  moments.length === 0
    ? []
    : [
        "",
        `The cluster itself notes whole seconds: ${moments.map(({ what, at }) => `${what} after ${at.toFixed(0)} s`).join(", ")}.`,
        ...unused,
      ];
