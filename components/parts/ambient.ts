import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { ambientCharts, ambientReleases, cniDaemonSet, cniValues, ztunnelValues } from "../../model/mesh/ambient";
import type { Cluster } from "../cluster";
import { type ChartRepository, chartsOf } from "./chartRepository";
import { helmRelease } from "./helmRelease";

interface AmbientArgs extends ChartRepository {
  readonly cluster: Cluster;
  readonly hub: string;
  /** Resolves when the control plane that serves ztunnel is ready. */
  readonly namespace: pulumi.Input<string>;
}

/**
 * Waits until the pods of istio-cni are ready. Helm does not: it tolerates as many pods as the update strategy allows to be
 * down, which is one, and on one node that is all of them. Pulumi waits for a DaemonSet that it patches, and the annotation
 * makes it patch the DaemonSet after each change of the release.
 */
function cniReady(
  name: string,
  cni: k8s.helm.v3.Release,
  opts: pulumi.CustomResourceOptions,
): k8s.apps.v1.DaemonSetPatch {
  const annotations = { "istio-on-k3d/release": cni.status.revision.apply(String) };
  return new k8s.apps.v1.DaemonSetPatch(
    `${name}-cni-ready`,
    { metadata: { name: cniDaemonSet, namespace: cni.status.namespace, annotations } },
    { ...opts, customTimeouts: { create: "5m", update: "5m" } },
  );
}

/**
 * The dataplane of ambient: istio-cni, which redirects the traffic of pods as they start, and ztunnel, which carries it.
 * Both run on every node. They are ready when their pods are.
 */
export function ambientDataplane(name: string, args: AmbientArgs, parent: pulumi.Resource): pulumi.Resource[] {
  const { cluster, namespace } = args;
  const { pullSecrets } = cluster;
  const chartArgs = chartsOf(ambientCharts, args, parent);
  const values = { cni: cniValues({ ...args, pullSecrets }), ztunnel: ztunnelValues({ ...args, pullSecrets }) };
  const inCluster = cluster.childOptions(parent);
  const release = (chartName: (typeof ambientCharts)[number]) =>
    helmRelease(
      `${name}-${chartName}`,
      { name: ambientReleases[chartName], namespace, ...chartArgs(chartName), values: values[chartName] },
      inCluster,
    );
  const cni = release("cni");
  return [cni, cniReady(name, cni, inCluster), release("ztunnel")];
}
