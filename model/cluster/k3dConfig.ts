import versions from "../../versions.json";
import { gateway, generationLabel, ownerLabel } from "../names";
import type { Settings } from "../settings/contract";
import { cacheContainer, cacheEndpoint, type ImageCache, imageCaches } from "./imageCache";
import { type NodeSettings, nodeCaPath, nodeSettings, proxyVariables } from "./nodeSettings";
import { type Logins, mirrors, registriesFile } from "./registries";

type Own = Pick<
  Settings,
  "clusterName" | "agents" | "httpPort" | "httpsPort" | "subnet" | "registry" | "registryMirrors" | "k3sVersion"
>;

/** Settings that a cluster depends on. */
export type ClusterFrom = Own &
  Pick<Settings, "imageCache" | "istioHub" | "appImage" | "nodeProxy" | "nodeNoProxy" | "nodeCaFile">;

/** What a cluster is made from; any change to it needs another cluster. */
export type ClusterSettings = Own & { readonly caches: readonly ImageCache[]; readonly nodes?: NodeSettings };

/** Of all settings, what the cluster is made from, and nothing whose change means no other cluster. */
export function clusterSettings(settings: ClusterFrom): ClusterSettings {
  const { clusterName, agents, httpPort, httpsPort, subnet, registry, registryMirrors, k3sVersion } = settings;
  const caches = imageCaches(settings);
  const nodes = nodeSettings(settings);
  return {
    ...{ clusterName, agents, httpPort, httpsPort, subnet, registry, registryMirrors, k3sVersion, caches },
    ...(nodes && { nodes }),
  };
}

/** Names of what k3d and the environment create in Docker. */
export const dockerNames = (cluster: string) => ({
  server: `k3d-${cluster}-server-0`,
  network: `k3d-${cluster}`,
  storage: `k3d-${cluster}-storage`,
  registry: `k3d-${cluster}-registry`,
});

const everyNode = ["server:*", "agent:*"];

/**
 * The configuration file for `k3d cluster create --config`, schema `k3d.io/v1alpha5`.
 *
 * The subnet is always given: without it nodes change their addresses on a restart and k3s dies (k3d-io/k3d#1637).
 * Published ports lead straight to the gateway's nodePorts, so neither servicelb nor k3d's load balancer is needed.
 *
 * @param owner - value of the label that marks the cluster as this stack's
 * @param generation - value of the label that tells this cluster from one before or after it
 * @param logins - with which the nodes ask their mirrors; secret, and no reason for another cluster
 */
export function k3dConfig(settings: ClusterSettings, owner: string, generation: string, logins: Logins = {}) {
  const names = dockerNames(settings.clusterName);
  const cached = settings.caches.map(({ host }) => host);
  const mirrored = {
    ...mirrors(settings.registryMirrors),
    ...Object.fromEntries(cached.map((host) => [host, cacheEndpoint(host)])),
  };
  const { nodes = {} } = settings;
  const beside = [...(settings.registry ? [names.registry] : []), ...cached.map(cacheContainer)];
  const variables = proxyVariables(nodes, settings.subnet, beside);
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
      ...(settings.registry && {
        create: { name: names.registry, host: "127.0.0.1", image: versions.registryImage },
      }),
      ...(cached.length > 0 && { use: cached.map((host) => `${cacheContainer(host)}:5000`) }),
      ...(Object.keys(mirrored).length > 0 && { config: registriesFile(mirrored, logins) }),
    },
    options: {
      k3d: { wait: true, timeout: "180s", disableLoadbalancer: true },
      k3s: {
        extraArgs: ["servicelb", "traefik"].map((part) => ({
          arg: `--disable=${part}`,
          nodeFilters: ["server:*"],
        })),
      },
      kubeconfig: { updateDefaultKubeconfig: false, switchCurrentContext: false },
      runtime: {
        labels: [
          { label: `${ownerLabel}=${owner}`, nodeFilters: everyNode },
          { label: `${generationLabel}=${generation}`, nodeFilters: everyNode },
        ],
      },
    },
  };
}
