import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { istioCharts } from "../model/mesh/charts";
import { gatewayValues, ingressAddress, istiodValues } from "../model/mesh/meshValues";
import { componentType, gateway, meshNamespace } from "../model/names";
import type { Settings } from "../model/settings/contract";
import type { Cluster } from "./cluster";
import { chartsOf, type Repository } from "./parts/chartRepository";

export interface MeshArgs extends Repository, Pick<Settings, "loginIssuer" | "tokens"> {
  readonly cluster: Cluster;
  /** IPAddressPool from which the ingress gateway gets its address; none where the cluster has its own load balancer. */
  readonly poolName: pulumi.Input<string> | undefined;
  /** Whether the host's ports lead to the ingress gateway's nodePorts. */
  readonly published: boolean;
  readonly hub: string;
  readonly telemetry: boolean;
}

/** Istio: control plane and ingress gateway. */
export class Mesh extends pulumi.ComponentResource {
  /** Istio's root namespace, where the Gateway and its certificate belong; there before istiod is. */
  readonly namespace: pulumi.Output<string>;
  /** Ready when resources of Istio are admitted and sidecars are injected. */
  readonly controlPlane: pulumi.Resource;
  /** Address of the ingress gateway from MetalLB's pool. */
  readonly ingressIp: pulumi.Output<string>;

  constructor(name: string, args: MeshArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Mesh"), name, {}, opts);
    const { cluster } = args;
    const { pullSecrets } = cluster;
    const inCluster = cluster.childOptions(this);
    const chartOf = chartsOf(istioCharts, args, this);
    const release = (
      chart: (typeof istioCharts)[number],
      release: string,
      namespace: pulumi.Input<string>,
      values: pulumi.Inputs,
      more: { skipAwait?: boolean } = {},
    ) => {
      const where = { name: release, ...chartOf(chart), namespace };
      return new k8s.helm.v3.Release(`${name}-${chart}`, { ...where, values, timeout: 300, ...more }, inCluster);
    };

    this.namespace = cluster.namespace(`${name}-namespace`, { name: meshNamespace }, this);
    // it runs nothing; istiod itself waits for the kinds that it brings
    const base = release("base", "istio-base", this.namespace, { defaultRevision: "default" }, { skipAwait: true });
    const istiod = release("istiod", "istiod", base.status.namespace, istiodValues({ ...args, pullSecrets }));
    const ingress = release(
      "gateway",
      gateway.release,
      istiod.status.namespace,
      gatewayValues({ ...args, pullSecrets }),
    );
    const service = k8s.core.v1.Service.get(
      `${name}-ingress`,
      pulumi.interpolate`${ingress.status.namespace}/${gateway.release}`,
      inCluster,
    );

    this.controlPlane = istiod;
    this.ingressIp = service.status.apply(({ loadBalancer }) => ingressAddress(loadBalancer.ingress));
    this.registerOutputs({ namespace: this.namespace, ingressIp: this.ingressIp });
  }
}
