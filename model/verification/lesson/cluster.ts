import { gateway, meshNamespace, metallbNamespace } from "../../names";
import type { Settings } from "../../settings/contract";
import { istioDocs, type LessonCommands, type LessonStep } from "./step";

/** Nodes of the cluster as kubectl lists them. Empty for a cluster of the user's. */
function nodeLines({ cluster, clusterName, agents, subnet }: Settings): string[] {
  if (cluster === "existing") return [];
  const names = [...Array.from({ length: agents }, (_, i) => `agent-${i}`), "server-0"];
  const [network = ""] = /^\d+\.\d+\.\d+\./.exec(subnet) ?? [];
  return names.map((name, i) => `k3d-${clusterName}-${name}   Ready   …   ${network}${i + 2}   …`);
}

/** Steps 1 to 3: the cluster, the load balancer and the mesh. */
export const clusterSteps = (
  settings: Settings,
  ingressIp: string,
  { output }: LessonCommands,
): readonly LessonStep[] => [
  {
    step: 1,
    title: "The cluster",
    commandSeconds: 5,
    text: "k3d runs the nodes of Kubernetes as containers. The program does not change your own kube contexts. The kubeconfig of this cluster is an output of the stack, and a secret.",
    commands: [
      `(umask 077; ${output("kubeconfig --show-secrets")} > kubeconfig.yaml)`,
      'export KUBECONFIG="$PWD/kubeconfig.yaml"',
      "kubectl get nodes -o wide",
    ],
    expected: "Every node is Ready, and its address lies in the configured subnet.",
    output: nodeLines(settings),
    learned: "The whole cluster is a few containers on this machine, with a network of their own.",
    links: [
      ["k3d", "https://k3d.io"],
      [
        "Organizing cluster access with kubeconfig files",
        "https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/",
      ],
    ],
  },
  {
    step: 2,
    title: "The load balancer",
    commandSeconds: 48,
    text: "A Service of type LoadBalancer stays pending until a load balancer assigns an address to it. In this cluster MetalLB assigns one, from a pool inside the cluster's Docker network. One of the nodes then answers for that address on the network (layer 2).",
    resources: ["IPAddressPool", "L2Advertisement"],
    commands: [
      `kubectl get ipaddresspools,l2advertisements -n ${metallbNamespace}`,
      `kubectl get service ${gateway.release} -n ${meshNamespace}`,
    ],
    expected: "EXTERNAL-IP is an address of the pool.",
    output: [
      "NAME                   TYPE           CLUSTER-IP     EXTERNAL-IP   …",
      `istio-ingressgateway   LoadBalancer   10.43.218.4    ${ingressIp}   …`,
    ],
    mistakes: ["address-outside-the-pool"],
    learned: "Kubernetes asks for an address, and a load balancer assigns it. Without one, the Service waits.",
    links: [
      ["MetalLB in layer 2", "https://metallb.io/concepts/layer2/"],
      ["Service of type LoadBalancer", "https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer"],
    ],
  },
  {
    step: 3,
    title: "The mesh",
    commandSeconds: 11,
    text: "Istio consists of a control plane, istiod, and of Envoy proxies that istiod configures. The ingress gateway is such a proxy. It runs in a pod of its own, at the edge of the mesh.",
    commands: [`kubectl get pods -n ${meshNamespace}`, output("ingressIp")],
    expected: "istiod and the ingress gateway are running, and the gateway has an address.",
    output: [
      "NAME                       READY   STATUS    RESTARTS   AGE",
      "istio-ingressgateway-…     1/1     Running   0          …",
      "istiod-…                   1/1     Running   0          …",
      ingressIp,
    ],
    learned: "Nothing of Istio is special to Kubernetes: it is Deployments, Services and custom resources.",
    links: [istioDocs("Istio's architecture", "ops/deployment/architecture")],
  },
];
