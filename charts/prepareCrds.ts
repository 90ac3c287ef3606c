/**
 * Prepares the CRDs of the Gateway API for the Pulumi program: `node launcher/run.cjs charts/prepareCrds`. The variable CRDS has
 * the chart, the context of an existing cluster, and the stack. The kubeconfig of a k3d cluster comes by standard input.
 */
import { text } from "node:stream/consumers";
import { contextAccess } from "../host/kubeconfig";
import { Api } from "../host/kubernetes";
import { commandsOf } from "../model/cluster/refusals";
import type { Chart } from "../model/mesh/charts";
import { decideCrds } from "../model/mesh/gatewayApi";
import { failureText } from "../model/output/remedy";
import { crdsChart, crdsIn } from "./crds";

interface Input {
  readonly chart: Chart;
  readonly context: string;
  readonly stack: string;
}

const input = JSON.parse(process.env["CRDS"] ?? "{}") as Input;

async function prepare(kubeconfig: string): Promise<object> {
  await crdsChart(input.chart);
  const { crds, isReleased } = await crdsIn(new Api(kubeconfig || contextAccess(input.context)));
  const decision = decideCrds(input.chart, crds, isReleased, new Date().toISOString());
  return "refused" in decision ? { refused: failureText(decision.refused, commandsOf(input)) } : decision;
}

// a process that ends before it has an answer must not look like a success to Pulumi
process.exitCode = 1;
void text(process.stdin)
  .then(prepare)
  .catch(({ message }: Error) => ({ refused: message }))
  .then((answer) => {
    process.stdout.write(JSON.stringify(answer));
    process.exitCode = 0;
  });
