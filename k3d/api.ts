import { request } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import { parse } from "yaml";
import { run } from "./run";

interface Access {
  readonly url: URL;
  readonly tls: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };
}

/** The cluster's kubeconfig as k3d gives it, for an administrator: a secret. */
export function kubeconfig(cluster: string): Promise<string> {
  return run("k3d", ["kubeconfig", "get", cluster]);
}

function access(config: string): Access {
  const { clusters, users } = parse(config) as {
    clusters: [{ cluster: { server: string; "certificate-authority-data": string } }];
    users: [{ user: { "client-certificate-data": string; "client-key-data": string } }];
  };
  const [{ cluster }, { user }] = [clusters[0], users[0]];
  const decode = (data: string) => Buffer.from(data, "base64");
  return {
    url: new URL(cluster.server),
    tls: {
      ca: decode(cluster["certificate-authority-data"]),
      cert: decode(user["client-certificate-data"]),
      key: decode(user["client-key-data"]),
    },
  };
}

function ask({ url, tls }: Access, path: string, method: "GET" | "DELETE"): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(new URL(path, url), { ...tls, method, agent: false, timeout: 3000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        response.statusCode === 200
          ? resolve(Buffer.concat(chunks).toString())
          : reject(new Error(`status ${response.statusCode}`)),
      );
    });
    call.on("timeout", () => call.destroy(new Error("no answer in 3 s")));
    call.on("error", reject);
    call.end();
  });
}

interface NodeList {
  readonly items: readonly { readonly status: { readonly conditions?: readonly { type: string; status: string }[] } }[];
}

async function allReady(cluster: string, expected: number): Promise<boolean> {
  const api = access(await kubeconfig(cluster));
  await ask(api, "/readyz", "GET");
  const { items } = JSON.parse(await ask(api, "/api/v1/nodes", "GET")) as NodeList;
  const ready = items.filter(({ status }) =>
    status.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
  );
  return ready.length === expected;
}

/** Whether the API server is ready and `expected` nodes are Ready, asked until they are or `patience` seconds passed. */
export async function nodesReady(cluster: string, expected: number, patience: number): Promise<boolean> {
  const until = Date.now() + patience * 1000;
  for (;;) {
    if (await allReady(cluster, expected).catch(() => false)) return true;
    if (Date.now() >= until) return false;
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
export async function helmRevisions(cluster: string, namespace: string): Promise<HelmRevision[]> {
  const path = `/api/v1/namespaces/${namespace}/secrets?fieldSelector=type%3Dhelm.sh%2Frelease.v1`;
  const { items } = JSON.parse(await ask(access(await kubeconfig(cluster)), path, "GET")) as SecretList;
  return items.map(({ metadata: { name, labels = {} } }) => ({
    secret: name,
    namespace,
    release: labels["name"] ?? "",
    status: labels["status"] ?? "",
  }));
}

/** Forgets a revision; what it installed stays, and belongs to the next install of the release. */
export async function forgetRevision(cluster: string, { namespace, secret }: HelmRevision): Promise<void> {
  await ask(access(await kubeconfig(cluster)), `/api/v1/namespaces/${namespace}/secrets/${secret}`, "DELETE");
}
