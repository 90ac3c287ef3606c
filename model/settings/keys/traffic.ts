import { noHeader, requestHeader } from "../forms";
import { choice, flag, number, text } from "../kinds";

/** Keys of the canary and of the pages that show it. */
export const trafficKeys = {
  canaryWeight: number(0, 100, {
    default: 10,
    description: "Percent of the requests that the gateway routes to subset v2",
  }),
  canaryHeader: text({
    default: noHeader,
    description: "Request header that overrides the weight: always selects v2, never selects v1",
    allowed: "off or a lower-case header name that starts with x- and is not the proxies' own, such as x-canary",
    accepts: (value) => value === noHeader || requestHeader(value),
  }),
  canaryAffinity: number(0, 86400, {
    default: 0,
    description: "Seconds for which a client that reached v2 stays there, by a cookie; 0 routes each request by weight",
  }),
  mirrorPercent: number(0, 100, {
    default: 0,
    description: "Percent of the requests that the gateway mirrors to v2; it discards the responses",
  }),
  routing: choice(
    ["istio", "gateway-api"],
    "istio",
    "API of the routes to the app: Gateway and VirtualService of Istio, or Gateway and HTTPRoute of Kubernetes",
  ),
  prometheus: flag({
    default: false,
    description: "Prometheus with six hours of the proxies' metrics, at prometheus.<domain>",
  }),
  grafana: flag({
    default: false,
    description: "Grafana with the canary's metrics, at grafana.<domain>; requires prometheus",
  }),
  kiali: flag({
    default: false,
    description: "Kiali with the graph of calls and Istio's resources, at kiali.<domain>; requires prometheus",
  }),
};
