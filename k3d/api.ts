import { Api, listOf } from "../host/kubernetes";
import { capture } from "../host/process";
import { poll } from "../host/wait";
import { hasCondition, type WithConditions } from "../model/kubernetes";

/** Administrator's kubeconfig of the cluster, from k3d. It is a secret. */
export function kubeconfig(cluster: string): Promise<string> {
  return capture("k3d", ["kubeconfig", "get", cluster]);
}

/** Number of nodes that are Ready. */
export async function readyNodes(api: Api): Promise<number> {
  const nodes = await listOf<WithConditions>(api, "/api/v1/nodes");
  return nodes.filter((node) => hasCondition(node, "Ready")).length;
}

async function unreadyNow(access: string, expected: number): Promise<string | undefined> {
  const api = new Api(access);
  const [nodes] = await Promise.all([readyNodes(api), api.ready()]);
  return nodes === expected ? undefined : `${nodes} of ${expected} nodes are Ready`;
}

/**
 * Waits until the API server and all nodes are ready.
 *
 * @param seconds - timeout
 * @param first - kubeconfig of the cluster that k3d is already reading
 * @returns the reason if they are not ready after the timeout
 */
export function waitForCluster(
  cluster: string,
  expected: number,
  seconds: number,
  first = kubeconfig(cluster),
): Promise<string | undefined> {
  let next: Promise<string> | undefined = first;
  return poll(
    seconds,
    async () => {
      const access = next ?? kubeconfig(cluster);
      next = undefined;
      return access.then((config) => unreadyNow(config, expected)).catch(({ message }: Error) => message);
    },
    (reason) => reason === undefined,
  );
}

/** One revision of a Helm release, as Helm 3 keeps it: a Secret with labels (https://helm.sh/docs/topics/kubernetes_apis/). */
export interface HelmRevision {
  readonly secret: string;
  readonly namespace: string;
  readonly release: string;
  readonly status: string;
}

interface Secret {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

/** The revisions of every Helm release in a namespace. */
export async function helmRevisions(api: Api, namespace: string): Promise<HelmRevision[]> {
  const path = `/api/v1/namespaces/${namespace}/secrets?fieldSelector=type%3Dhelm.sh%2Frelease.v1`;
  const secrets = await listOf<Secret>(api, path);
  return secrets.map(({ metadata: { name, labels = {} } }) => ({
    secret: name,
    namespace,
    release: labels["name"] ?? "",
    status: labels["status"] ?? "",
  }));
}

/** Deletes the record of a revision. Its objects stay, and the next install of the release adopts them. */
export function forgetRevision(api: Api, { namespace, secret }: HelmRevision): Promise<void> {
  return api.remove(`/api/v1/namespaces/${namespace}/secrets/${secret}`);
}
