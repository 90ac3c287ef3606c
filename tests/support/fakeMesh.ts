import { type Api, ApiRefused } from "../../host/kubernetes";
import { injectorOf } from "../../model/mesh/injection";
import type { ProxyPod } from "../../model/upgrade/proxies";

export type Labels = Readonly<Record<string, string>>;

/** A pod with a sidecar of a version, or without one. */
export const podOf = (namespace: string, version: string | undefined, phase = "Running"): ProxyPod => ({
  metadata: { name: "pod", namespace },
  spec: { containers: version ? [{ name: "istio-proxy", image: `proxyv2:${version}` }] : [] },
  status: { phase },
});

/** An API server with namespaces, whose webhooks inject the version that each tag names. */
class FakeApi {
  readonly created: string[] = [];
  readonly removed: string[] = [];
  logs: Record<string, string> = {};
  /** Annotations of each pod that is created. */
  annotations: Labels = {};
  pods: ProxyPod[] = [];
  deployments = 0;
  validates: "denied" | "accepted" | "down" = "denied";
  constructor(
    readonly namespaces: Map<string, Labels>,
    readonly tags: Readonly<Record<string, string | Error>>,
  ) {}

  private refuse(status: number, path: string, message = ""): never {
    throw new ApiRefused(status, path, JSON.stringify({ message }));
  }

  get = async <T>(path: string): Promise<T> => {
    const named = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(path)?.[1];
    if (named !== undefined) {
      const labels = this.namespaces.get(named);
      return labels ? ({ metadata: { name: named, labels } } as T) : this.refuse(404, path);
    }
    if (path === "/api/v1/namespaces")
      return { items: [...this.namespaces].map(([name, labels]) => ({ metadata: { name, labels } })) } as T;
    if (path.startsWith("/apis/apps/v1")) return { items: Array(this.deployments).fill({}) } as T;
    const [, namespace = "", pod] = /namespaces\/([^/]+)\/pods(?:\/(.+))?$/.exec(path) ?? [];
    const pods = this.pods.filter(({ metadata }) => metadata.namespace === namespace);
    return (pod ? pods[0] : { items: pods }) as T;
  };

  create = async <T>(path: string, resource: object): Promise<T> => {
    const { metadata } = resource as { metadata: { name?: string; labels?: Labels } };
    if (path.includes("virtualservices")) {
      if (this.validates === "accepted") return {} as T;
      this.refuse(400, path, this.validates === "denied" ? "admission webhook denied the request: x" : "no endpoints");
    }
    if (path === "/api/v1/namespaces") {
      if (this.namespaces.has(metadata.name ?? "")) this.refuse(409, path);
      this.namespaces.set(metadata.name ?? "", metadata.labels ?? {});
      return {} as T;
    }
    const [, namespace = ""] = /namespaces\/([^/]+)\/pods/.exec(path) ?? [];
    const tag = injectorOf(this.namespaces.get(namespace) ?? {}, metadata.labels ?? {});
    const version = tag === undefined ? undefined : this.tags[tag];
    if (version instanceof Error) throw version;
    const { metadata: own, ...rest } = podOf(namespace, version);
    const pod = { ...rest, metadata: { ...own, annotations: this.annotations } };
    if (!path.includes("dryRun")) {
      if (this.pods.some((one) => one.metadata.namespace === namespace)) this.refuse(409, path);
      this.pods.push(pod);
      this.created.push(namespace);
    }
    return pod as T;
  };

  text = async (path: string): Promise<string> => {
    const [, namespace = ""] = /namespaces\/([^/]+)\/pods/.exec(path) ?? [];
    return this.logs[namespace] ?? this.refuse(404, path);
  };

  remove = async (path: string): Promise<void> => {
    this.removed.push(path);
    this.namespaces.delete(path.split("/").at(-1) ?? "");
  };
}

/** An API server and its fake. */
export const fakeMesh = (namespaces: Record<string, Labels>, tags: Record<string, string | Error> = {}) => {
  const fake = new FakeApi(new Map(Object.entries(namespaces)), tags);
  return { fake, api: fake as unknown as Api };
};
