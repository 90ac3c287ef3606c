import { minorNumber } from "../mesh/versions";
import { gateway } from "../names";
import type { Settings } from "../settings/contract";
import { cacheContainer, cacheEndpoint, type ImageCache, imageCaches } from "./imageCache";
import { type NodeSettings, nodeCaPath, nodeSettings, proxyVariables } from "./nodeSettings";
import { type Owner, ownerLabels, ownershipLabels } from "./ownership";
import { parseMirrors, type RegistryLogins, registriesFile } from "./registries";

type OwnSettings = Pick<
  Settings,
  "clusterName" | "agents" | "httpPort" | "httpsPort" | "subnet" | "registry" | "registryMirrors" | "k3sVersion"
>;

/** Settings that a cluster depends on. */
export type ClusterFrom = OwnSettings &
  Pick<Settings, "imageCache" | "istioHub" | "appImage" | "nodeProxy" | "nodeNoProxy" | "nodeCaFile">;

/** Settings of a cluster. A change to any of them needs a new cluster. */
export type ClusterSettings = OwnSettings & { readonly caches: readonly ImageCache[]; readonly nodes?: NodeSettings };

/** Settings that a cluster is created from. A setting whose change does not need a new cluster is not among them. */
export function clusterSettings(settings: ClusterFrom): ClusterSettings {
  const { clusterName, agents, httpPort, httpsPort, subnet, registry, registryMirrors, k3sVersion } = settings;
  const caches = imageCaches(settings);
  const nodes = nodeSettings(settings);
  return {
    ...{ clusterName, agents, httpPort, httpsPort, subnet, registry, registryMirrors, k3sVersion, caches },
    ...(nodes && { nodes }),
  };
}

/** Names of everything that k3d and this project create in Docker for a cluster. */
export const dockerNames = (cluster: string) => ({
  server: `k3d-${cluster}-server-0`,
  network: `k3d-${cluster}`,
  storage: `k3d-${cluster}-storage`,
  images: `k3d-${cluster}-images`,
  registry: `k3d-${cluster}-registry`,
  tools: `k3d-${cluster}-tools`,
});

/** True for minors of Kubernetes whose kubelet rejects cgroup v1 by default (`failCgroupV1`). */
export const refusesCgroupV1 = (kubernetesMinor: number): boolean => kubernetesMinor >= 35;

const everyNode = ["server:*", "agent:*"];

/**
 * The configuration file for `k3d cluster create --config`, schema `k3d.io/v1alpha5`.
 *
 * The subnet is always set: without it nodes change their addresses on a restart and k3s dies (k3d-io/k3d#1637).
 * Published ports lead straight to the gateway's nodePorts, so neither servicelb nor k3d's load balancer is needed.
 *
 * @param logins - credentials of the mirrors; secret, and not a reason to replace the cluster
 */
export function k3dConfig(settings: ClusterSettings, owner: Owner, generation: string, logins: RegistryLogins = {}) {
  const names = dockerNames(settings.clusterName);
  const { caches } = settings;
  const mirrored = {
    ...(settings.registry && { [`${names.registry}:5000`]: `http://${names.registry}:5000` }),
    ...parseMirrors(settings.registryMirrors),
    ...Object.fromEntries(caches.map((cache) => [cache.host, cacheEndpoint(cache)])),
  };
  const { nodes = {} } = settings;
  // agents reach the server by its name, and all nodes the containers that they pull from
  const agents = Array.from({ length: settings.agents }, (_, i) => `k3d-${settings.clusterName}-agent-${i}`);
  const pulled = [...(settings.registry ? [names.registry] : []), ...caches.map(cacheContainer)];
  const direct = [names.server, ...agents, ...pulled, "host.k3d.internal"];
  const variables = proxyVariables(nodes, settings.subnet, direct);
  const ca = nodes.caFile === undefined ? [] : [`${nodes.caFile}:${nodeCaPath}:ro`];
  const published = [
    [settings.httpPort, gateway.nodePorts.http],
    [settings.httpsPort, gateway.nodePorts.https],
  ];
  return {
    apiVersion: "k3d.io/v1alpha5",
    kind: "Simple",
    metadata: { name: settings.clusterName },
    servers: 1,
    agents: settings.agents,
    image: `rancher/k3s:${settings.k3sVersion}`,
    subnet: settings.subnet,
    kubeAPI: { hostIP: "127.0.0.1" },
    ports: published.map(([host, node]) => ({
      port: `127.0.0.1:${host}:${node}`,
      nodeFilters: ["server:0:direct"],
    })),
    volumes: [`${names.storage}:/var/lib/rancher/k3s/storage`, ...ca].map((volume) => ({
      volume,
      nodeFilters: everyNode,
    })),
    ...(variables.length > 0 && { env: variables.map((envVar) => ({ envVar, nodeFilters: everyNode })) }),
    registries: {
      ...(caches.length > 0 && { use: caches.map((cache) => `${cacheContainer(cache)}:5000`) }),
      ...(Object.keys(mirrored).length > 0 && { config: registriesFile(mirrored, logins) }),
    },
    options: {
      k3d: { wait: true, timeout: "180s", disableLoadbalancer: true },
      k3s: {
        extraArgs: [
          ...["servicelb", "traefik"].map((part) => ({ arg: `--disable=${part}`, nodeFilters: ["server:*"] })),
          // this follows from the version of k3s, so it is not part of the settings that replace a cluster
          ...(refusesCgroupV1(minorNumber(settings.k3sVersion))
            ? [{ arg: "--kubelet-arg=fail-cgroupv1=false", nodeFilters: everyNode }]
            : []),
        ],
      },
      kubeconfig: { updateDefaultKubeconfig: false, switchCurrentContext: false },
      runtime: {
        labels: [
          ...ownerLabels(owner),
          `${ownershipLabels.generation}=${generation}`,
          // a proxy may contain a password
          `${ownershipLabels.settings}=${JSON.stringify({ ...settings, nodes: undefined })}`,
        ].map((label) => ({ label, nodeFilters: everyNode })),
      },
    },
  };
}
