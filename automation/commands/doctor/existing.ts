import { crdsIn } from "../../../charts/crds";
import { contextAccess } from "../../../host/kubeconfig";
import { mergedKubeconfig } from "../../../host/kubeconfigFiles";
import { Api, listOf } from "../../../host/kubernetes";
import { type ClusterNode, type ControlPlane, istioIn, metallbIn } from "../../../model/doctor/existing";
import { ok, problem } from "../../../model/doctor/finding";
import { type CrdsSettings, decideCrds, gatewayApiChart } from "../../../model/mesh/gatewayApi";
import { configSet, remedy } from "../../../model/output/remedy";
import type { Settings } from "../../../model/settings/contract";
import type { Check } from "../../stack/check";

/** An existing cluster and its nodes. All checks share one access, so that an exec plugin runs once. */
export interface ExistingCluster extends Pick<Settings, "kubeContext" | "loadBalancer" | "subnet">, CrdsSettings {
  readonly api: Api;
  readonly nodes: Promise<readonly ClusterNode[]>;
}

/** The context for the checks of the configured cluster. */
export function existingCluster(settings: Settings): ExistingCluster {
  const api = new Api(contextAccess(settings.kubeContext));
  const nodes = listOf<ClusterNode>(api, "/api/v1/nodes");
  // a check that needs the nodes reports the error
  nodes.catch(() => {});
  return { ...settings, api, nodes };
}

const context: Check<ExistingCluster> = {
  id: "context",
  title: ({ kubeContext }) => `context ${kubeContext}`,
  section: "before-anything-is-made",
  run: async ({ kubeContext, nodes }) => {
    try {
      const { contexts, files } = mergedKubeconfig();
      if (!contexts.some(({ name }) => name === kubeContext))
        return problem(
          `is not in ${files.join(", ")}`,
          remedy`kubectl config get-contexts, then ${configSet("kubeContext", "NAME")}`,
        );
      const items = await nodes;
      const [version = "an unknown version"] = items.flatMap(({ status }) => status.nodeInfo?.kubeletVersion ?? []);
      return ok(`answers: ${items.length} nodes, Kubernetes ${version}`);
    } catch (error) {
      return problem(`does not answer: ${(error as Error).message}`, `kubectl --context ${kubeContext} get nodes`);
    }
  },
};

const loadBalancer: Check<ExistingCluster> = {
  id: "load-balancer",
  title: "load balancer",
  section: "the-load-balancer",
  run: async ({ loadBalancer: kind, nodes, subnet }) => {
    const items = await nodes.catch(() => undefined);
    return kind === "metallb" && items ? metallbIn(items, subnet) : undefined;
  },
};

const istio: Check<ExistingCluster> = {
  id: "istio",
  title: "Istio",
  section: "before-anything-is-made",
  run: async ({ api, nodes }) => {
    // an API server that does not answer is the problem of another check
    if ((await nodes.catch(() => undefined)) === undefined) return undefined;
    return istioIn(await listOf<ControlPlane>(api, "/apis/apps/v1/deployments", "app=istiod"));
  },
};

const gatewayApi: Check<ExistingCluster> = {
  id: "gateway-api",
  title: "CRDs of the Gateway API",
  section: "before-anything-is-made",
  run: async ({ kubeContext, api, nodes, ...settings }) => {
    const chart = gatewayApiChart(settings);
    const isReachable = await nodes.then(
      () => true,
      () => false,
    );
    if (!chart || !isReachable) return undefined;
    try {
      const { crds, isReleased } = await crdsIn(api);
      const decision = decideCrds(chart, crds, isReleased, "");
      if ("refused" in decision) return problem(decision.refused.problem, decision.refused.remedy);
      return ok(decision.install ? `version ${chart.version} comes with the environment` : "those of the cluster");
    } catch (error) {
      return problem(`are unknown: ${(error as Error).message}`, `kubectl --context ${kubeContext} get crd`);
    }
  },
};

export const existingChecks: readonly Check<ExistingCluster>[] = [context, loadBalancer, istio, gatewayApi];
