import { local } from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Chart } from "../../model/mesh/charts";
import { crdsFolder, crdsRelease } from "../../model/mesh/gatewayApi";
import { ownerOf } from "../../model/names";
import type { Cluster } from "../cluster";
import { scriptCommand } from "../script";

interface Values {
  readonly install: boolean;
  readonly repair?: string;
}

/**
 * Looks in every run at the CRDs that the cluster has, and returns the chart's values.
 *
 * A refusal ends the program by an unhandled RunError, which prints its text alone.
 */
function valuesFor(chart: Chart, { kubeconfig, context }: Cluster, parent: pulumi.Resource): pulumi.Output<Values> {
  const stack = ownerOf(pulumi.getProject(), pulumi.getStack());
  const CRDS = JSON.stringify({ chart, context, stack });
  const ask = async (stdin: string): Promise<Values> => {
    const command = scriptCommand("charts/prepareCrds");
    const options = { command, environment: { CRDS }, stdin: pulumi.secret(stdin), logging: local.Logging.None };
    const { stdout } = await local.run(options as unknown as local.RunArgs, { parent });
    const answer = JSON.parse(stdout) as Values & { readonly refused?: string };
    if (answer.refused === undefined) return answer;
    throw new pulumi.RunError(answer.refused);
  };
  // never rejected: the program ends by the RunError
  return pulumi.unsecret(kubeconfig).apply((stdin) => new Promise<Values>((resolve) => void ask(stdin).then(resolve)));
}

/** The CRDs of the Gateway API. Those that the cluster has of another owner are used, and never overwritten. */
export function gatewayApiCrds(
  name: string,
  chart: Chart,
  { cluster, namespace, parent }: { cluster: Cluster; namespace: pulumi.Input<string>; parent: pulumi.Resource },
): k8s.helm.v3.Release {
  return new k8s.helm.v3.Release(
    `${name}-gateway-api`,
    {
      name: crdsRelease,
      namespace,
      chart: crdsFolder(chart),
      version: chart.version,
      values: valuesFor(chart, cluster, parent),
      timeout: 300,
    },
    cluster.childOptions(parent),
  );
}
