import type { DesiredCluster } from "../../k3d/clusterStatus";
import { ownershipLabels } from "../../model/cluster/ownership";
import { item } from "./fakeDocker";

/** Owner and settings of the cluster that a test of k3d/ asks for. */
export const owner = { stack: "istio-on-k3d/dev", id: "11111111", state: "me@host:/src/a/.state" };

export const settings = {
  clusterName: "istio",
  agents: 1,
  // only asked for and never bound; nothing listens on ports that low, and an environment of the user's may on others
  httpPort: 1,
  httpsPort: 2,
  subnet: "10.44.30.0/24",
  registry: true,
  registryMirrors: "none",
  caches: [],
  k3sVersion: "v1.34.4-k3s1",
};

/** The cluster that a test of k3d/ asks for. */
export const wanted: DesiredCluster = { settings, owner, generation: "new", readyTimeout: 0 };

/** Labels of everything that an owner makes. */
export const labelsOf = ({ stack, id, state }: typeof owner) => ({
  [ownershipLabels.stack]: stack,
  [ownershipLabels.id]: id,
  [ownershipLabels.state]: state,
});
/** k3d's labels of everything in a cluster. */
export const inCluster = { app: "k3d", "k3d.cluster": "istio" };

/** A whole cluster, by its owner's labels; an earlier version's has no id and no registry label. */
export function cluster(labels: Readonly<Record<string, string>>, made = "old", state = "running") {
  const node = (name: string, role: string) =>
    item(
      name,
      { ...inCluster, "k3d.role": role, ...labels, [ownershipLabels.generation]: made },
      { State: state, networks: ["k3d-istio"] },
    );
  const part = { ...inCluster, ...labels };
  return {
    containers: [
      node("k3d-istio-server-0", "server"),
      node("k3d-istio-agent-0", "agent"),
      item("k3d-istio-registry", { ...part, "k3d.role": "registry" }, { State: state, networks: ["k3d-istio"] }),
    ],
    networks: [item("k3d-istio", { app: "k3d" })],
    volumes: [item("k3d-istio-storage", part), item("k3d-istio-images", part)],
  };
}

/** Names of everything in a cluster. */
export const all = [
  "k3d-istio",
  "k3d-istio-agent-0",
  "k3d-istio-images",
  "k3d-istio-registry",
  "k3d-istio-server-0",
  "k3d-istio-storage",
];
