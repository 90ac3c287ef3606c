import type { IDestinationRule } from "@kubernetes-models/istio/networking.istio.io/v1/DestinationRule";
import type { IGateway } from "@kubernetes-models/istio/networking.istio.io/v1/Gateway";
import type { IVirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import { app, gateway, publicHost, type Subset, serviceHost, versionService, weightHeader } from "../names";
import { loginRoutes } from "../security/login";
import type { Settings } from "../settings/contract";
import { affinityAnswer, type ChoiceSettings, choiceRoutes, subsetDestination } from "./canaryRoutes";
import { type HostPorts, redirectRoutes, redirectsAtGateway } from "./redirect";

/** Weight of each subset in percent. A subset that is off has weight 0. */
export function subsetWeights(canaryWeight: number): Readonly<Record<Subset, number>> {
  return { v1: 100 - canaryWeight, v2: canaryWeight };
}

type Spec<Resource extends { spec?: unknown }> = NonNullable<Resource["spec"]>;

/**
 * Spec of the one Gateway for all hosts. Two Gateways with the same wildcard certificate would answer 404 on reused HTTP/2
 * connections (https://istio.io/latest/docs/ops/common-problems/network-issues/).
 */
export function gatewaySpec({ domain, ...ports }: Pick<Settings, "domain"> & HostPorts): Spec<IGateway> {
  const hosts = [`*.${domain}`, domain];
  return {
    selector: gateway.selector,
    servers: [
      {
        port: { number: 80, name: "http", protocol: "HTTP" },
        hosts,
        ...(redirectsAtGateway(ports) && { tls: { httpsRedirect: true } }),
      },
      {
        port: { number: 443, name: "https", protocol: "HTTPS" },
        hosts,
        tls: { mode: "SIMPLE", credentialName: gateway.credentialName },
      },
    ],
  };
}

/** Settings of the routes to the app. */
export type RouteSettings = Pick<Settings, "domain" | "canaryWeight" | "loginIssuer"> & HostPorts & ChoiceSettings;

/** Spec of the VirtualService, for the gateway and for callers in the mesh. The weighted route comes last. */
export function virtualServiceSpec(settings: RouteSettings): Spec<IVirtualService> {
  const { domain, canaryWeight, canaryAffinity, mirrorPercent } = settings;
  const split = subsetWeights(canaryWeight);
  const [stable, canary] = [subsetDestination("v1"), subsetDestination("v2")];
  const affinity = canaryAffinity > 0 && { add: { "set-cookie": affinityAnswer(canaryWeight, canaryAffinity) } };
  const route = [
    { ...stable, weight: split.v1 },
    { ...canary, weight: split.v2, headers: { response: { ...canary.headers.response, ...affinity } } },
  ];
  const copies = [{ destination: canary.destination, percentage: { value: mirrorPercent } }];
  return {
    hosts: [publicHost(domain), serviceHost],
    gateways: [gateway.reference, "mesh"],
    http: [
      ...redirectRoutes(settings),
      ...loginRoutes(settings),
      ...choiceRoutes(canaryWeight, settings),
      {
        name: "canary",
        route,
        headers: { response: { set: { [weightHeader]: String(canaryWeight) } } },
        ...(mirrorPercent > 0 && { mirrors: copies }),
      },
    ],
  };
}

/**
 * Seconds after which a proxy closes an idle connection to the app.
 *
 * It is less than the 45 s drain time of the peer, which closes idle connections of an old configuration without a notice,
 * and so possibly during a request (https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig, drainDuration; observed as single 503s).
 */
const idleSeconds = 30;

const trafficPolicy = { connectionPool: { http: { idleTimeout: `${idleSeconds}s` } } };

/** Spec of the DestinationRule for the Service of one version, where the Gateway API routes to it. */
export const versionRuleSpec = (version: Subset): Spec<IDestinationRule> => ({
  host: `${versionService(version)}.${app.namespace}.svc.cluster.local`,
  trafficPolicy,
});

/** Spec of the DestinationRule. Its host is the Service; with the external name every response would be 503. */
export function destinationRuleSpec(): Spec<IDestinationRule> {
  return {
    host: serviceHost,
    trafficPolicy,
    subsets: app.subsets.map((version) => ({ name: version, labels: { version } })),
  };
}
