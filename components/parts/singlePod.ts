import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { restrictedContainer, restrictedPod } from "../../model/security/podSecurity";
import { podPullSecrets } from "../../model/security/pullSecrets";
import type { Cluster } from "../cluster";

export interface SinglePodArgs {
  readonly cluster: Cluster;
  readonly namespace: pulumi.Input<string>;
  /** Name of the Deployment and the Service, and value of the label `app`. */
  readonly app: string;
  readonly image: string;
  readonly port: number;
  /** Contents of files, by folder and file name; mounted from a ConfigMap. */
  readonly files?: Readonly<Record<string, Readonly<Record<string, object>>>>;
  /** @default none */
  readonly arguments?: readonly string[];
  /** @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Environment variables from a Secret. Their digest is public in the pod's annotation, so one must be unguessable. */
  readonly secrets?: pulumi.Output<Readonly<Record<string, string>>>;
  /** Path of the readiness probe. */
  readonly ready: string;
  /** Folder for data, an emptyDir, which is deleted with the pod. */
  readonly data?: string;
  readonly user: number;
  /** @default the service account `default` */
  readonly serviceAccountName?: pulumi.Input<string>;
}

const checksum = (content: object): string =>
  createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);

/** Creates a Deployment of one pod without a sidecar, its ConfigMap and its Secret, and returns its Service. */
export function singlePod(name: string, args: SinglePodArgs, parent: pulumi.Resource): k8s.core.v1.Service {
  const { cluster, namespace, app, files = {}, secrets, serviceAccountName } = args;
  const inCluster = cluster.childOptions(parent);
  const metadata = { name: app, namespace };
  const labels = { app };
  const folders = Object.entries(files);
  const contents = folders.flatMap(([, filesInFolder]) => Object.entries(filesInFolder));
  const data = Object.fromEntries(contents.map(([file, content]) => [file, JSON.stringify(content)]));
  // a pod does not see changed files or variables, so a change has to replace it
  const annotations = {
    ...(folders.length > 0 && { checksum: checksum(data) }),
    ...(secrets && { secrets: pulumi.unsecret(secrets.apply(checksum)) }),
  };

  const config = folders.length > 0 && new k8s.core.v1.ConfigMap(`${name}-config`, { metadata, data }, inCluster);
  const secret = secrets && new k8s.core.v1.Secret(`${name}-secret`, { metadata, stringData: secrets }, inCluster);
  const mounts = [
    ...(args.data === undefined ? [] : [{ name: "data", mountPath: args.data }]),
    ...folders.map(([mountPath], i) => ({ name: `files-${i}`, mountPath })),
  ];
  const volumes = [
    ...(args.data === undefined ? [] : [{ name: "data", emptyDir: {} }]),
    ...folders.map(([, filesInFolder], i) => ({
      name: `files-${i}`,
      configMap: {
        name: config ? config.metadata.name : app,
        items: Object.keys(filesInFolder).map((file) => ({ key: file, path: file })),
      },
    })),
  ];
  new k8s.apps.v1.Deployment(
    name,
    {
      metadata: { ...metadata, labels },
      spec: {
        replicas: 1,
        progressDeadlineSeconds: 180,
        // a second pod could not write to the same data
        strategy: { type: "Recreate" },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels: { ...labels, "sidecar.istio.io/inject": "false" }, annotations },
          spec: {
            ...(serviceAccountName !== undefined && { serviceAccountName }),
            ...podPullSecrets(cluster.pullSecrets),
            securityContext: { ...restrictedPod(args.user), fsGroup: args.user },
            containers: [
              {
                name: app,
                image: args.image,
                securityContext: restrictedContainer,
                // Pulumi then shows why a container ended, such as an issuer that oauth2-proxy cannot reach
                terminationMessagePolicy: "FallbackToLogsOnError",
                ...(args.arguments && { args: [...args.arguments] }),
                env: Object.entries(args.environment ?? {}).map(([name, value]) => ({ name, value })),
                ...(secret && { envFrom: [{ secretRef: { name: secret.metadata.name } }] }),
                ports: [{ name: "http", containerPort: args.port }],
                readinessProbe: { httpGet: { path: args.ready, port: "http" }, periodSeconds: 2 },
                resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "512Mi" } },
                ...(mounts.length > 0 && { volumeMounts: mounts }),
              },
            ],
            ...(volumes.length > 0 && { volumes }),
          },
        },
      },
    },
    { ...inCluster, customTimeouts: { create: "5m", update: "5m" } },
  );
  return new k8s.core.v1.Service(
    `${name}-service`,
    {
      metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: { selector: labels, ports: [{ name: "http", port: args.port, targetPort: "http" }] },
    },
    inCluster,
  );
}
