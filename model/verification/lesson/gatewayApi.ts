import { app, gateway, meshNamespace, publicHost } from "../../names";
import type { Settings } from "../../settings/contract";
import { curlTo, hostAddress } from "../../traffic/urls";
import type { LessonCommands, LessonStep } from "./step";

/** Kind that kubectl does not confuse with Istio's. */
const gateways = "gateways.gateway.networking.k8s.io";

/** The parts of step 5 that differ with `routing = gateway-api`. */
export function gatewayApiStep(
  { domain, httpPort, ...settings }: Settings,
  ingressIp: string,
  { curl, update, meshTest }: Pick<LessonCommands, "curl" | "update" | "meshTest">,
): Partial<LessonStep> {
  const host = publicHost(domain);
  const plainHttp = `${curlTo(host, httpPort, hostAddress(settings, ingressIp))} http://${host}:${httpPort}/`;
  return {
    title: "Gateway and HTTPRoute",
    text: `The Gateway has a listener for each host and port of the ingress gateway, and its address is the Service \`${gateway.release}\`. The HTTPRoute names a listener of the Gateway as its parent, with the Gateway's namespace. The status of both says if they work: the Gateway is Programmed, and the route is Accepted with ResolvedRefs. Without any Gateway nothing listens on the ports, and the connection is reset. You can see that when you delete the Gateway; Pulumi then creates it again. The Ingress of step 4 opens port 80 too, so the first command removes it.`,
    resources: ["Gateway", "HTTPRoute"],
    commands: [
      meshTest("--remove"),
      `kubectl get ${gateways},httproutes -A`,
      `kubectl describe httproute ${app.name} -n ${app.namespace}`,
      `kubectl delete ${gateways} ${gateway.name} -n ${meshNamespace}`,
      `while curl -s -o /dev/null ${plainHttp}; do sleep 1; done`,
      `curl ${plainHttp}`,
      update("--refresh --yes --skip-preview"),
      curl(),
    ],
    output: [
      "nothing of a run is left",
      `gateway.gateway.networking.k8s.io "${gateway.name}" deleted…`,
      "curl: (56) Recv failure: Connection reset by peer",
      "    + 1 created",
      "Hello, world!",
    ],
    mistakes: [],
    learned:
      "The Gateway is about ports, hosts and certificates. The HTTPRoute is about routes, and says if they are accepted.",
    links: [
      ["Gateway API", "https://gateway-api.sigs.k8s.io/concepts/api-overview/"],
      ["HTTPRoute", "https://gateway-api.sigs.k8s.io/api-types/httproute/"],
    ],
  };
}

/** The parts of step 9 that differ with `routing = gateway-api`. */
export const gatewayApiCanary = ({ canaryWeight }: Settings): Partial<LessonStep> => ({
  text: `The Service \`${app.name}\` selects the pods of both versions, and \`${app.name}-v1\` and \`${app.name}-v2\` those of one. The HTTPRoute gives each of the two a weight. Version 2 has ${canaryWeight} % now. Ten requests are too few to see that: at 10 %, ${(0.9 ** 10 * 100).toFixed(0)} % of such runs reach no version 2.`,
  resources: ["HTTPRoute"],
  mistakes: [],
  links: [["Traffic splitting", "https://gateway-api.sigs.k8s.io/guides/traffic-splitting/"]],
});
