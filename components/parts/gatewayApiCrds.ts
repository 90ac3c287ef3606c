import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Chart } from "../../model/mesh/charts";
import { crdsFolder, crdsRelease } from "../../model/mesh/gatewayApi";
import { ownerOf } from "../../model/names";
import type { Cluster } from "../cluster";
import { helmRelease } from "./helmRelease";
import { scriptAnswer } from "./scriptAnswer";

interface Values {
  readonly install: boolean;
  readonly repair?: string;
}

/** Compares the CRDs that the cluster has with the chart in every run, and returns the chart's values. */
function valuesFor(chart: Chart, { kubeconfig, context }: Cluster, parent: pulumi.Resource): pulumi.Output<Values> {
  const stack = ownerOf(pulumi.getProject(), pulumi.getStack());
  const environment = { CRDS: JSON.stringify({ chart, context, stack }) };
  return pulumi
    .unsecret(kubeconfig)
    .apply((stdin) =>
      scriptAnswer<Values>({ script: "charts/prepareCrds", environment, stdin: pulumi.secret(stdin) }, parent),
    );
}

/** Creates the release with the CRDs of the Gateway API. It uses CRDs of another owner, and never overwrites them. */
export function gatewayApiCrds(
  name: string,
  chart: Chart,
  { cluster, namespace, parent }: { cluster: Cluster; namespace: pulumi.Input<string>; parent: pulumi.Resource },
): k8s.helm.v3.Release {
  return helmRelease(
    `${name}-gateway-api`,
    {
      name: crdsRelease,
      namespace,
      chart: crdsFolder(chart),
      version: chart.version,
      values: valuesFor(chart, cluster, parent),
    },
    cluster.childOptions(parent),
  );
}
