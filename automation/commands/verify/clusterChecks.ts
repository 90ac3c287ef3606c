import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { listOf } from "../../../host/kubernetes";
import { readyNodes } from "../../../k3d/api";
import { choosePool, overlaps, parsePool } from "../../../model/cluster/addressPool";
import { conditionOf, hasCondition, type WithConditions } from "../../../model/kubernetes";
import { ambientDaemonSets } from "../../../model/mesh/ambient";
import { istiodOf, meshVersions } from "../../../model/mesh/revisions";
import { app, gateway, meshNamespace } from "../../../model/names";
import { configSet, remedy, run } from "../../../model/output/remedy";
import type { Check } from "./check";
import { isInMesh } from "./probeTargets";

interface Service {
  readonly status: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } };
}
interface Pod extends WithConditions {
  readonly spec: object;
  readonly metadata: {
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

const nodes: Check = {
  step: 1,
  id: "nodes-ready",
  title: "every node is Ready",
  section: "this-machine",
  remedy: remedy`${run("up")} starts a stopped cluster`,
  run: async ({ api, settings }) => {
    const nodes = await listOf(api, "/api/v1/nodes");
    const configured = settings.cluster === "existing" ? 0 : settings.agents + 1;
    const expected = Math.max(configured, nodes.length);
    const ready = await readyNodes(api);
    return { passed: ready > 0 && ready === expected, evidence: `${ready} of ${expected} nodes Ready` };
  },
};

const kubeContexts: Check = {
  step: 1,
  id: "kube-contexts",
  title: "the user's kube contexts are untouched",
  section: "pulumi",
  when: ({ cluster }) => cluster === "k3d",
  run: async ({ settings }) => {
    // not KUBECONFIG: users who follow the README put the cluster there themselves
    const text = await readFile(join(homedir(), ".kube", "config"), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "{}";
      throw error;
    });
    const config = parse(text) as { contexts?: readonly { readonly name: string }[] | null } | null;
    const contexts = config?.contexts ?? [];
    const known = contexts.some(({ name }) => name === `k3d-${settings.clusterName}`);
    return {
      passed: !known,
      evidence: `${contexts.length} contexts, ${known ? "one of them" : "none"} k3d-${settings.clusterName}`,
    };
  },
};

const address: Check = {
  step: 2,
  id: "load-balancer-address",
  title: "the ingress gateway has an address of the pool",
  section: "the-load-balancer",
  remedy: remedy`${configSet("pool", "auto")}, then ${run("up")}`,
  when: ({ loadBalancer }) => loadBalancer === "metallb",
  run: async ({ api, settings, ingressIp }) => {
    const service = await api.get<Service>(`/api/v1/namespaces/${meshNamespace}/services/${gateway.release}`);
    const ip = service.status.loadBalancer?.ingress?.[0]?.ip;
    const range = choosePool(settings.subnet, settings.pool);
    const [pool, assigned] = [parsePool(range), parsePool(`${ip}-${ip}`)];
    const inside = pool !== undefined && assigned !== undefined && overlaps(pool, assigned);
    return {
      passed: inside && ip === ingressIp,
      evidence: `${ip ?? "no address"}, pool ${range}, output ${ingressIp}`,
    };
  },
};

const controlPlane: Check = {
  step: 3,
  id: "istiod",
  title: "istiod is available",
  section: "inside-the-mesh",
  remedy: [`kubectl describe deployment -l app=istiod -n ${meshNamespace}`],
  run: async ({ api, settings }) => {
    const controlPlanes = meshVersions(settings).istiods.map(async (version) => {
      const path = `/apis/apps/v1/namespaces/${meshNamespace}/deployments/${istiodOf(version)}`;
      return { version, available: conditionOf(await api.get<WithConditions>(path), "Available") };
    });
    const istiods = await Promise.all(controlPlanes);
    return {
      passed: istiods.every(({ available }) => available === "True"),
      evidence: istiods.map(({ version, available }) => `${version}: Available ${available ?? "unknown"}`).join(", "),
    };
  },
};

interface DaemonSet {
  readonly status: { readonly desiredNumberScheduled: number; readonly numberReady?: number };
}

const nodeDataplane: Check = {
  step: 3,
  id: "ambient-nodes",
  title: "istio-cni and ztunnel are ready on every node",
  section: "ambient",
  remedy: [`kubectl describe daemonsets -n ${meshNamespace}`],
  when: ({ dataplane }) => dataplane === "ambient",
  run: async ({ api }) => {
    const isReady = ({ wanted, ready }: { wanted: number; ready: number }) => wanted > 0 && ready === wanted;
    const reads = ambientDaemonSets.map(async (name) => {
      const path = `/apis/apps/v1/namespaces/${meshNamespace}/daemonsets/${name}`;
      const { desiredNumberScheduled: wanted, numberReady: ready = 0 } = (await api.get<DaemonSet>(path)).status;
      return { name, wanted, ready };
    });
    const daemonSets = await Promise.all(reads);
    return {
      passed: daemonSets.every(isReady),
      evidence: daemonSets.map(({ name, wanted, ready }) => `${name}: ${ready} of ${wanted} nodes`).join(", "),
    };
  },
};

const appPods: Check = {
  step: 7,
  id: "app-pods",
  title: "the app's pods are ready, and in the mesh as configured",
  section: "inside-the-mesh",
  remedy: [`kubectl describe pods -n ${app.namespace}`],
  run: async ({ api, settings }) => {
    const existing = await listOf<Pod>(api, `/api/v1/namespaces/${app.namespace}/pods`, `app=${app.name},version`);
    const pods = existing.filter(({ metadata }) => !metadata.deletionTimestamp);
    const { dataplane, sidecarInjection } = settings;
    const isAmbient = dataplane === "ambient";
    const members = pods.filter((pod) => isInMesh(pod, dataplane));
    const ready = pods.filter((pod) => hasCondition(pod, "Ready"));
    const wanted = sidecarInjection === "off" && !isAmbient ? 0 : pods.length;
    return {
      passed: pods.length >= 2 && ready.length === pods.length && members.length === wanted,
      evidence: `${ready.length} of ${pods.length} pods ready, ${members.length} ${isAmbient ? "in ambient" : `with sidecar, injection ${sidecarInjection}`}`,
    };
  },
};

/** Checks that use only the API server and the user's kubeconfig. */
export const clusterChecks: readonly Check[] = [nodes, kubeContexts, address, controlPlane, nodeDataplane, appPods];
