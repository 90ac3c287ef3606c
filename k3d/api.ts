import { setTimeout as pause } from "node:timers/promises";
import { Api } from "../host/kubernetes";
import { run } from "../host/process";

/** The cluster's kubeconfig as k3d gives it, for an administrator: a secret. */
export function kubeconfig(cluster: string): Promise<string> {
  return run("k3d", ["kubeconfig", "get", cluster]);
}

interface NodeList {
  readonly items: readonly { readonly status: { readonly conditions?: readonly { type: string; status: string }[] } }[];
}

/** How many nodes are Ready. */
export async function readyNodes(api: Api): Promise<number> {
  const { items } = await api.get<NodeList>("/api/v1/nodes");
  return items.filter(({ status }) =>
    status.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
  ).length;
}

async function allReady(access: string, expected: number): Promise<boolean> {
  const api = new Api(access);
  const [nodes] = await Promise.all([readyNodes(api), api.ready()]);
  return nodes === expected;
}

/**
 * Whether the API server is ready and `expected` nodes are Ready, asked until they are or `patience` seconds passed.
 *
 * @param first - the cluster's kubeconfig to begin with, where it was asked for already
 */
export async function nodesReady(
  cluster: string,
  expected: number,
  patience: number,
  first = kubeconfig(cluster),
): Promise<boolean> {
  const until = performance.now() + patience * 1000;
  for (let access = first; ; access = kubeconfig(cluster)) {
    if (await access.then((found) => allReady(found, expected)).catch(() => false)) return true;
    if (performance.now() >= until) return false;
    await pause(500);
  }
}

/** One revision of a Helm release, as Helm 3 keeps it: a Secret with labels (https://helm.sh/docs/topics/kubernetes_apis/). */
export interface HelmRevision {
  readonly secret: string;
  readonly namespace: string;
  readonly release: string;
  readonly status: string;
}

interface SecretList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  }[];
}

/** The revisions of every Helm release in a namespace. */
export async function helmRevisions(api: Api, namespace: string): Promise<HelmRevision[]> {
  const path = `/api/v1/namespaces/${namespace}/secrets?fieldSelector=type%3Dhelm.sh%2Frelease.v1`;
  const { items } = await api.get<SecretList>(path);
  return items.map(({ metadata: { name, labels = {} } }) => ({
    secret: name,
    namespace,
    release: labels["name"] ?? "",
    status: labels["status"] ?? "",
  }));
}

/** Forgets a revision; what it installed stays, and belongs to the next install of the release. */
export function forgetRevision(api: Api, { namespace, secret }: HelmRevision): Promise<void> {
  return api.remove(`/api/v1/namespaces/${namespace}/secrets/${secret}`);
}
