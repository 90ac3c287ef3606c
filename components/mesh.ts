import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { privilegedNamespace } from "../model/mesh/ambient";
import { type Chart, istioCharts } from "../model/mesh/charts";
import { gatewayValues, ingressAddress, istiodValues } from "../model/mesh/meshValues";
import { istiodOf, type MeshVersions } from "../model/mesh/revisions";
import { componentType, gateway, meshNamespace } from "../model/names";
import type { Settings } from "../model/settings/contract";
import type { Cluster } from "./cluster";
import { ambientDataplane } from "./parts/ambient";
import { type ChartRepository, chartsOf } from "./parts/chartRepository";
import { gatewayApiCrds } from "./parts/gatewayApiCrds";
import { helmRelease } from "./parts/helmRelease";
import { revisionTags } from "./parts/revisionTags";

export interface MeshArgs
  extends Omit<ChartRepository, "version">,
    Pick<Settings, "loginIssuer" | "tokens" | "dataplane"> {
  readonly cluster: Cluster;
  /** IPAddressPool from which the ingress gateway gets its address; none where the cluster has its own load balancer. */
  readonly poolName: pulumi.Input<string> | undefined;
  /** True if the host's ports are published to the nodePorts of the ingress gateway. */
  readonly published: boolean;
  readonly hub: string;
  /** Istio's version for each part. */
  readonly versions: MeshVersions;
  readonly telemetry: boolean;
  /** CRDs of the Gateway API. Undefined when nothing uses them. */
  readonly crds: Chart | undefined;
}

/** Istio: one control plane for each installed revision, the tags that name them, and the ingress gateway. */
export class Mesh extends pulumi.ComponentResource {
  /** Istio's root namespace, where the Gateway and its certificate belong. It exists before istiod does. */
  readonly namespace: pulumi.Output<string>;
  /** Ready when resources of Istio are admitted and sidecars are injected. */
  readonly controlPlane: pulumi.Resource[];
  /** Ready when each node can add new pods to the mesh. Empty with sidecars, which the control plane adds. */
  readonly dataplane: pulumi.Resource[];
  /** Address of the ingress gateway from MetalLB's pool. */
  readonly ingressIp: pulumi.Output<string>;

  constructor(name: string, args: MeshArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Mesh"), name, {}, opts);
    const { cluster, versions } = args;
    const { pullSecrets } = cluster;
    const inCluster = cluster.childOptions(this);
    const installedVersions = [...new Set([versions.base, ...versions.istiods, versions.gateway])];
    const chartsByVersion = new Map(
      installedVersions.map((version) => [version, chartsOf(istioCharts, { ...args, version }, this)] as const),
    );
    const release = (
      chart: (typeof istioCharts)[number],
      { version, ...where }: { version: string; name: string; namespace: pulumi.Input<string>; skipAwait?: true },
      values: pulumi.Inputs,
      resource = `${name}-${chart}`,
    ) => {
      const from = chartsByVersion.get(version)?.(chart) ?? { chart };
      return helmRelease(resource, { ...where, ...from, values }, inCluster);
    };

    const labels = args.dataplane === "ambient" ? { labels: privilegedNamespace } : {};
    this.namespace = cluster.namespace(`${name}-namespace`, { name: meshNamespace, ...labels }, this);
    // the chart runs no pod, so nothing waits for it: istiod waits for its CRDs, and `revisionTags` creates its webhook
    const inRoot = { name: "istio-base", version: versions.base, namespace: this.namespace };
    const base = release("base", { ...inRoot, skipAwait: true }, { defaultRevision: "" });
    const istiods = versions.istiods.map((version) => {
      const where = { name: istiodOf(version), version, namespace: base.status.namespace };
      const values = istiodValues({ ...args, version, pullSecrets });
      return release("istiod", where, values, `${name}-${istiodOf(version)}`);
    });
    const ready = pulumi.all(istiods.map(({ status }) => status.namespace)).apply(() => meshNamespace);
    const ingress = release(
      "gateway",
      { name: gateway.release, version: versions.gateway, namespace: ready },
      gatewayValues({ ...args, version: versions.gateway, pullSecrets }),
    );
    const service = k8s.core.v1.Service.get(
      `${name}-ingress`,
      pulumi.interpolate`${ingress.status.namespace}/${gateway.release}`,
      inCluster,
    );

    const owner = { cluster, namespace: this.namespace, parent: this };
    const crds = args.crds ? [gatewayApiCrds(name, args.crds, owner)] : [];
    this.controlPlane = [...istiods, ...crds, ...revisionTags(name, versions, { ...inCluster, dependsOn: istiods })];
    const dataplaneArgs = { ...args, version: versions.app, namespace: ready };
    this.dataplane = args.dataplane === "ambient" ? ambientDataplane(name, dataplaneArgs, this) : [];
    this.ingressIp = service.status.apply(({ loadBalancer }) => ingressAddress(loadBalancer.ingress));
    this.registerOutputs({ namespace: this.namespace, ingressIp: this.ingressIp });
  }
}
