import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { ambientCharts, ambientReleases, cniValues, ztunnelValues } from "../../model/mesh/ambient";
import type { Cluster } from "../cluster";
import { chartsOf, type Repository } from "./chartRepository";

interface AmbientArgs extends Repository {
  readonly cluster: Cluster;
  readonly hub: string;
  /** Resolves when the control plane that serves ztunnel is ready. */
  readonly namespace: pulumi.Input<string>;
}

/**
 * The dataplane of ambient: istio-cni, which redirects the traffic of pods as they start, and ztunnel, which carries it.
 * Both run on every node. Each release is ready when its pods are.
 */
export function ambient(name: string, args: AmbientArgs, parent: pulumi.Resource): k8s.helm.v3.Release[] {
  const { cluster, namespace } = args;
  const { pullSecrets } = cluster;
  const chart = chartsOf(ambientCharts, args, parent);
  const values = { cni: cniValues({ ...args, pullSecrets }), ztunnel: ztunnelValues({ ...args, pullSecrets }) };
  return ambientCharts.map(
    (one) =>
      new k8s.helm.v3.Release(
        `${name}-${one}`,
        { name: ambientReleases[one], namespace, ...chart(one), values: values[one], timeout: 300 },
        cluster.childOptions(parent),
      ),
  );
}
