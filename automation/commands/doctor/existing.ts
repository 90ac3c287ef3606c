import { contextAccess } from "../../../host/kubeconfig";
import { mergedKubeconfig } from "../../../host/kubeconfigFiles";
import { Api } from "../../../host/kubernetes";
import type { CheckResult } from "../../../model/checks/result";
import { type ClusterNode, metallbIn } from "../../../model/doctor/existing";
import { ok, problem } from "../../../model/doctor/finding";
import { configSet, remedy } from "../../../model/output/remedy";
import type { Settings } from "../../../model/settings/contract";

const choose = remedy`kubectl config get-contexts, then ${configSet("kubeContext", "NAME")}`;

/** Checks an existing cluster: its context, its API server, and what MetalLB needs. */
export async function existingCluster({
  kubeContext,
  loadBalancer,
  subnet,
}: Pick<Settings, "kubeContext" | "loadBalancer" | "subnet">): Promise<CheckResult[]> {
  const id = `context ${kubeContext}`;
  try {
    const { contexts, files } = mergedKubeconfig();
    if (!contexts.some(({ name }) => name === kubeContext))
      return [problem(id, `is not in ${files.join(", ")}`, choose)];
    const { items } = await new Api(contextAccess(kubeContext)).get<{ items: readonly ClusterNode[] }>("/api/v1/nodes");
    const [version = "an unknown version"] = items.flatMap(({ status }) => status.nodeInfo?.kubeletVersion ?? []);
    return [
      ok(id, `answers: ${items.length} nodes, Kubernetes ${version}`),
      ...(loadBalancer === "metallb" ? metallbIn(items, subnet) : []),
    ];
  } catch (error) {
    return [problem(id, `does not answer: ${(error as Error).message}`, `kubectl --context ${kubeContext} get nodes`)];
  }
}
