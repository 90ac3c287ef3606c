import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { choosePool } from "../model/cluster/addressPool";
import { componentType, metallbNamespace } from "../model/names";
import { secretReferences } from "../model/security/pullSecrets";
import type { SettingsGroups } from "../model/settings/groups";
import type { Cluster } from "./cluster";
import { chartsOf } from "./parts/chartRepository";
import { helmRelease } from "./parts/helmRelease";
import { webhookRetry } from "./parts/webhookRetry";

type LoadBalancerSettings = SettingsGroups["loadBalancer"];

export interface LoadBalancerArgs extends LoadBalancerSettings {
  readonly cluster: Cluster;
}

const promptProbe = { initialDelaySeconds: 1, periodSeconds: 2 };

/** MetalLB in layer 2 mode with one address pool. Creates nothing when `loadBalancer` is off. */
export class LoadBalancer extends pulumi.ComponentResource {
  /** Name of the IPAddressPool; resolves once MetalLB announces its addresses. Undefined when MetalLB is off. */
  readonly poolName: pulumi.Output<string> | undefined;

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("LoadBalancer"), name, {}, opts);
    this.poolName = args.loadBalancer === "off" ? undefined : this.metallb(name, args);
    this.registerOutputs({ poolName: this.poolName });
  }

  private metallb(name: string, args: LoadBalancerArgs): pulumi.Output<string> {
    const { cluster, subnet, pool } = args;
    const addresses = choosePool(subnet, pool);
    const inCluster = cluster.childOptions(this);

    const labels = { "pod-security.kubernetes.io/enforce": "privileged" };
    const namespace = cluster.namespace(`${name}-namespace`, { name: metallbNamespace, labels }, this);
    const release = helmRelease(
      `${name}-metallb`,
      {
        name: "metallb",
        ...chartsOf(["metallb"], args, this)("metallb"),
        namespace,
        values: {
          imagePullSecrets: secretReferences(cluster.pullSecrets),
          frrk8s: { enabled: false },
          speaker: {
            frr: { enabled: false },
            // kind, kubeadm and Talos label control planes, and MetalLB would not announce from a labelled single node
            ignoreExcludeLB: true,
            livenessProbe: promptProbe,
            readinessProbe: promptProbe,
          },
          controller: { livenessProbe: promptProbe, readinessProbe: promptProbe },
        },
      },
      inCluster,
    );
    // both resources share one hook, because the engine refuses a second hook of the same name
    const hooks = { onError: [webhookRetry(name)] };
    const resource = (kind: string, suffix: string, spec: object) =>
      new k8s.apiextensions.CustomResource(
        `${name}-${suffix}`,
        {
          ...{ apiVersion: "metallb.io/v1beta1", kind, spec },
          metadata: { name: "pool", namespace: release.status.namespace },
        },
        { ...inCluster, hooks },
      );
    const addressPool = resource("IPAddressPool", "pool", { addresses: [addresses] });
    const advertisement = resource("L2Advertisement", "advertisement", { ipAddressPools: [addressPool.metadata.name] });
    return pulumi.all([addressPool.metadata.name, advertisement.id]).apply(([pool]) => pool);
  }
}
