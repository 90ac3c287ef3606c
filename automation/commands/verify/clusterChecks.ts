import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { readyNodes } from "../../../k3d/api";
import { choosePool, overlap, parsePool } from "../../../model/cluster/addressPool";
import { istiodOf, meshVersions } from "../../../model/mesh/revisions";
import { app, gateway, meshNamespace } from "../../../model/names";
import { configSet, remedy, run } from "../../../model/output/remedy";
import type { Check } from "./check";
import { hasSidecar } from "./probeTargets";

interface Conditions {
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}
const condition = ({ status }: Conditions, wanted: string): string | undefined =>
  status.conditions?.find(({ type }) => type === wanted)?.status;
interface List<Item> {
  readonly items: readonly Item[];
}
interface Service {
  readonly status: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } };
}
interface Pod extends Conditions {
  readonly spec: object;
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
}

const nodes: Check = {
  step: 1,
  id: "nodes-ready",
  title: "every node is Ready",
  section: "this-machine",
  remedy: remedy`${run("up")} starts a stopped cluster`,
  run: async ({ api, settings }) => {
    const all = await api.get<List<object>>("/api/v1/nodes");
    const configured = settings.cluster === "existing" ? 0 : settings.agents + 1;
    const expected = Math.max(configured, all.items.length);
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
    const inside = pool !== undefined && assigned !== undefined && overlap(pool, assigned);
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
    const all = meshVersions(settings).istiods.map(async (version) => {
      const path = `/apis/apps/v1/namespaces/${meshNamespace}/deployments/${istiodOf(version)}`;
      return { version, available: condition(await api.get<Conditions>(path), "Available") };
    });
    const istiods = await Promise.all(all);
    return {
      passed: istiods.every(({ available }) => available === "True"),
      evidence: istiods.map(({ version, available }) => `${version}: Available ${available ?? "unknown"}`).join(", "),
    };
  },
};

const sidecars: Check = {
  step: 7,
  id: "app-pods",
  title: "the app's pods are ready, with sidecars as configured",
  section: "inside-the-mesh",
  remedy: [`kubectl describe pods -n ${app.namespace}`],
  run: async ({ api, settings }) => {
    const { items } = await api.get<List<Pod>>(
      `/api/v1/namespaces/${app.namespace}/pods?labelSelector=app%3D${app.name},version`,
    );
    const pods = items.filter(({ metadata }) => !metadata.deletionTimestamp);
    const proxies = pods.filter(hasSidecar);
    const ready = pods.filter((pod) => condition(pod, "Ready") === "True");
    const wanted = settings.sidecarInjection === "off" ? 0 : pods.length;
    return {
      passed: pods.length >= 2 && ready.length === pods.length && proxies.length === wanted,
      evidence: `${ready.length} of ${pods.length} pods ready, ${proxies.length} with sidecar, injection ${settings.sidecarInjection}`,
    };
  },
};

/** Checks that ask only the API server and the user's kubeconfig. */
export const clusterChecks: readonly Check[] = [nodes, kubeContexts, address, controlPlane, sidecars];
