import versions from "../../../versions.json";
import { app, meshNamespace } from "../../names";
import type { Settings } from "../../settings/contract";
import { istioDocs, type LessonCommands, type LessonStep } from "./step";

/** Steps 11 and 12: the Gateway API, and ambient. Each changes a key of the environment, and changes it back at the end. */
export const otherSteps = (
  settings: Settings,
  { set, pod, callFrom, status, meshTest }: LessonCommands,
): readonly LessonStep[] => [
  {
    step: 11,
    title: "The same routes with the Gateway API",
    commandSeconds: 152,
    text: "The Gateway API of Kubernetes describes routes in resources that other gateways read too. A Gateway has listeners in place of servers, and an HTTPRoute stands for the VirtualService. The key `routing` changes the API of the whole environment, and installs the resource definitions that the exercises need. The pods of the ingress gateway stay the same. [Routes by the Gateway API](gateway-api.md) shows the resources of both APIs side by side.",
    commands: [
      set("routing", "gateway-api"),
      "kubectl get gateways.gateway.networking.k8s.io,httproutes -A",
      `kubectl describe httproute ${app.name} -n ${app.namespace}`,
      status(),
    ],
    expected:
      "The Gateway is Programmed. The conditions of the HTTPRoute are Accepted and ResolvedRefs, for each of its parents. The app answers 200 as before.",
    output: [
      "    Conditions:",
      "      Message:               Route was valid",
      "      Reason:                Accepted",
      "      Status:                True",
      "      Message:               All references resolved",
      "      Reason:                ResolvedRefs",
      "      Status:                True",
      "200",
    ],
    ...(settings.routing === "istio" && {
      afterwards: {
        title: "Back to Istio's routes",
        text: "The exercises need `routing = gateway-api`. First remove what they left, then change back.",
        commands: [meshTest("--remove"), set("routing", settings.routing)],
      },
    }),
    learned:
      "The owner of a Gateway decides which namespaces may attach routes, and the status of each route says if it is accepted.",
    links: [
      ["Gateway API", "https://gateway-api.sigs.k8s.io/concepts/api-overview/"],
      istioDocs("Gateway API in Istio", "tasks/traffic-management/ingress/gateway-api"),
    ],
  },
  {
    step: 12,
    title: "Without sidecars: ambient",
    commandSeconds: 85,
    text: "In ambient, no pod gets a sidecar. A proxy called ztunnel runs on every node, and carries the connections of all pods there through encrypted tunnels. The label `istio.io/dataplane-mode: ambient` brings a namespace into the mesh, and no pod restarts for it. The key `dataplane` changes the environment. Mesh tests have sidecars in both dataplanes, so this step has no folder: you look at the environment itself. [Ambient](ambient.md) has the details.",
    commands: [
      set("dataplane", "ambient"),
      `kubectl get pods -n ${app.namespace}`,
      `kubectl get pods -n ${meshNamespace}`,
      status(),
      `kubectl run inside --image=${versions.curlImage} --labels=istio.io/dataplane-mode=ambient --command -- sleep infinity`,
      "kubectl wait pod inside --for=condition=Ready --timeout=2m",
      ...pod("outside", false),
      callFrom("inside"),
      callFrom("outside"),
      `kubectl logs -n ${meshNamespace} -l app=ztunnel --tail=-1 | grep -E 'src.workload="(inside|outside)".*inbound'`,
      "kubectl delete pod inside outside --now",
      set("dataplane", settings.dataplane),
    ],
    expected:
      "Each new pod of the app has 1/1 containers, and ztunnel and istio-cni run beside istiod. The old pods had sidecars and end. The app answers 200. The log of ztunnel has `src.identity` and `dst.identity` for the call of the pod inside the mesh, which came through port 15008, and neither for the pod outside: that call was plain text.",
    output: [
      '… src.workload="inside" src.namespace="default" src.identity="spiffe://cluster.local/ns/default/sa/default" dst.addr=…:15008 …',
      '… src.workload="outside" src.namespace="default" dst.addr=…:8080 …',
    ],
    learned:
      "Sidecars and ztunnel give the same identities and the same mutual TLS. Only a proxy that reads HTTP can split requests.",
    links: [
      istioDocs("Ambient mode", "ambient/overview"),
      istioDocs("Ambient and sidecars", "overview/dataplane-modes"),
    ],
  },
];
