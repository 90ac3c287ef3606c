import * as pulumi from "@pulumi/pulumi";
import { componentType } from "../model/names";
import type { Settings } from "../model/settings/contract";
import type { SettingsGroups } from "../model/settings/groups";
import { type AppUrl, appUrls } from "../model/traffic/urls";
import { App } from "./app";
import { Authentication } from "./authentication";
import { Certificates } from "./certificates";
import { Cluster } from "./cluster";
import { Images } from "./images";
import { LoadBalancer } from "./loadBalancer";
import { Mesh } from "./mesh";
import { Observability } from "./observability";
import { Routing } from "./routing";
import { settings } from "./settings";

/**
 * Creates every component of an environment, and passes to each the outputs of earlier ones that it needs.
 *
 * @param within - parent of the components, and prefix of their names. @default the stack and no prefix
 */
export function createEnvironment(
  settings: SettingsGroups,
  within: { prefix?: string; parent?: pulumi.Resource } = {},
) {
  const { prefix = "", parent } = within;
  const options: pulumi.ComponentResourceOptions = parent ? { parent } : {};
  const named = (part: string): string => `${prefix}${part}`;

  const cluster = new Cluster(named("cluster"), settings.cluster, options);
  const loadBalancer = new LoadBalancer(named("load-balancer"), { ...settings.loadBalancer, cluster }, options);
  const mesh = new Mesh(named("mesh"), { ...settings.mesh, cluster, poolName: loadBalancer.poolName }, options);
  const issued = { ...settings.certificates, cluster, namespace: mesh.namespace };
  const certificates = new Certificates(named("certificates"), issued, options);
  const images = new Images(named("images"), { ...settings.images, cluster }, options);
  const afterMesh = { ...options, dependsOn: mesh.controlPlane };
  const inMesh = { ...options, dependsOn: [...mesh.controlPlane, ...mesh.dataplane] };
  const app = new App(named("app"), { ...settings.app, cluster, images: images.byVersion }, inMesh);
  const ingress = { cluster, meshNamespace: mesh.namespace };
  const observability = new Observability(named("observability"), { ...settings.observability, ...ingress }, afterMesh);
  const routes = { ...ingress, appNamespace: app.namespace, pageRoutes: observability.routes };
  const { loginRoute } = new Routing(named("routing"), { ...settings.routing, ...routes }, afterMesh);
  const login = { ...settings.authentication, ...ingress, loginRoute };
  const authentication = new Authentication(named("authentication"), login, afterMesh);

  return { cluster, mesh, certificates, authentication };
}

/** A whole environment as one component, for programs in any language of Pulumi. */
export class Environment extends pulumi.ComponentResource {
  /** Addresses of the app. The first one works from this host. */
  readonly urls: pulumi.Output<AppUrl[]>;
  /** Address of the ingress gateway. */
  readonly ingressIp: pulumi.Output<string>;
  /** Certificates of the CAs for clients. */
  readonly caPem: pulumi.Output<string>;
  /** Administrator's kubeconfig; secret, and empty for an existing cluster. */
  readonly kubeconfig: pulumi.Output<string>;

  /** @throws pulumi.RunError with every problem of the settings at once */
  constructor(name: string, args: Partial<Settings> = {}, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Environment"), name, {}, opts);
    const groups = settings(args);
    const { cluster, mesh, certificates } = createEnvironment(groups, { prefix: `${name}-`, parent: this });
    this.ingressIp = mesh.ingressIp;
    this.urls = mesh.ingressIp.apply((address) => appUrls(groups.urls, address));
    this.caPem = certificates.caPem;
    this.kubeconfig = cluster.kubeconfig;
    const { urls, ingressIp, caPem, kubeconfig } = this;
    this.registerOutputs({ urls, ingressIp, caPem, kubeconfig });
  }
}
