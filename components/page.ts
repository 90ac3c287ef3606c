import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../model/contract";
import { componentType } from "../model/names";
import { type PageName, pagePorts, pageRoute } from "../model/observability";
import type { Cluster } from "./cluster";
import { webhookRetry } from "./webhookRetry";

export interface PageArgs extends Pick<Settings, "domain" | "httpsPort"> {
  readonly cluster: Cluster;
  /** Istio's root namespace. */
  readonly meshNamespace: pulumi.Input<string>;
  readonly page: PageName;
  readonly image: string;
  /** Contents of its files, by folder and name. */
  readonly files: Readonly<Record<string, Readonly<Record<string, object>>>>;
  /** @default none */
  readonly arguments?: readonly string[];
  /** @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Path that answers 200 when it is ready. */
  readonly ready: string;
  /** Folder that it writes to; gone with its pod. */
  readonly data: string;
  readonly user: number;
  /** @default the namespace's */
  readonly serviceAccountName?: pulumi.Input<string>;
}

/** A program of one pod, outside of the mesh, that shows a page behind the ingress gateway. */
export class Page extends pulumi.ComponentResource {
  constructor(name: string, args: PageArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Page"), name, {}, opts);
    const { cluster, meshNamespace: namespace, page, files, serviceAccountName } = args;
    const port = pagePorts[page];
    const inCluster = cluster.within(this);
    const metadata = { name: page, namespace };
    const labels = { app: page };
    const folders = Object.entries(files);
    const contents = folders.flatMap(([, inside]) => Object.entries(inside));
    const data = Object.fromEntries(contents.map(([file, content]) => [file, JSON.stringify(content)]));
    const checksum = createHash("sha256").update(JSON.stringify(data)).digest("hex").slice(0, 16);
    const pullSecrets = cluster.pullSecrets.map((name) => ({ name }));

    const config = new k8s.core.v1.ConfigMap(`${name}-config`, { metadata, data }, inCluster);
    new k8s.apps.v1.Deployment(
      name,
      {
        metadata: { ...metadata, labels },
        spec: {
          replicas: 1,
          progressDeadlineSeconds: 120,
          // two pods would write to the same data
          strategy: { type: "Recreate" },
          selector: { matchLabels: labels },
          template: {
            // other files need another pod
            metadata: { labels: { ...labels, "sidecar.istio.io/inject": "false" }, annotations: { checksum } },
            spec: {
              ...(serviceAccountName !== undefined && { serviceAccountName }),
              ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets }),
              securityContext: { runAsNonRoot: true, runAsUser: args.user, fsGroup: args.user },
              containers: [
                {
                  name: page,
                  image: args.image,
                  ...(args.arguments && { args: [...args.arguments] }),
                  env: Object.entries(args.environment ?? {}).map(([name, value]) => ({ name, value })),
                  ports: [{ name: "http", containerPort: port }],
                  readinessProbe: { httpGet: { path: args.ready, port: "http" }, periodSeconds: 2 },
                  resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "512Mi" } },
                  volumeMounts: [
                    { name: "data", mountPath: args.data },
                    ...folders.map(([mountPath], i) => ({ name: `files-${i}`, mountPath })),
                  ],
                },
              ],
              volumes: [
                { name: "data", emptyDir: {} },
                ...folders.map(([, inside], i) => ({
                  name: `files-${i}`,
                  configMap: {
                    name: config.metadata.name,
                    items: Object.keys(inside).map((file) => ({ key: file, path: file })),
                  },
                })),
              ],
            },
          },
        },
      },
      { ...inCluster, customTimeouts: { create: "5m", update: "5m" } },
    );
    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: { selector: labels, ports: [{ name: "http", port, targetPort: "http" }] },
      },
      inCluster,
    );
    new k8s.apiextensions.CustomResource(
      `${name}-route`,
      {
        apiVersion: "networking.istio.io/v1",
        kind: "VirtualService",
        metadata: { name: page, namespace: service.metadata.namespace },
        spec: pageRoute(page, args),
      },
      { ...inCluster, hooks: { onError: [webhookRetry(name)] } },
    );
    this.registerOutputs({});
  }
}
