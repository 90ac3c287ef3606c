import { crdsIn } from "../../../charts/crds";
import type { Api } from "../../../host/kubernetes";
import type { Chart } from "../../../model/mesh/charts";
import { decideCrds, manifestUrl } from "../../../model/mesh/gatewayApi";
import { type Remedy, remedy, run } from "../../../model/output/remedy";

/**
 * The reason why a version of Istio cannot use the CRDs of the Gateway API that the cluster has of another owner. Without
 * this check, the upgrade would end in its first step. Undefined if it can.
 *
 * @param chart - the CRDs that go with the version
 */
export async function oldCrds(api: Pick<Api, "get">, chart: Chart, to: string): Promise<Remedy | undefined> {
  const { crds, isReleased } = await crdsIn(api);
  const decision = decideCrds(chart, crds, isReleased, "");
  if (!("refused" in decision)) return undefined;
  return remedy`${decision.refused.problem}; fix: kubectl apply --server-side -f ${manifestUrl(chart)}, then ${run("upgrade", `--to ${to}`)}`;
}
