import type { IDestinationRule } from "@kubernetes-models/istio/networking.istio.io/v1/DestinationRule";
import type { IGateway } from "@kubernetes-models/istio/networking.istio.io/v1/Gateway";
import type { IVirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import { app, gateway, publicHost, type Subset, serviceHost, weightHeader } from "../names";
import { loginRoutes } from "../security/login";
import type { Settings } from "../settings/contract";
import { affinityAnswer, type Choices, choiceRoutes, destination } from "./canaryRoutes";
import { type HostPorts, redirectRoutes, redirectsAtGateway } from "./redirect";

/** Percent of requests for each subset; both are always there, off is 0. */
export function weights(canaryWeight: number): Readonly<Record<Subset, number>> {
  return { v1: 100 - canaryWeight, v2: canaryWeight };
}

type Spec<Resource extends { spec?: unknown }> = NonNullable<Resource["spec"]>;

/** Spec of the Gateway: one for all hosts, since two that share a wildcard certificate give 404 on reused HTTP/2 connections (https://istio.io/latest/docs/ops/common-problems/network-issues/). */
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

/** What the routes to the app are made from. */
export type RouteSettings = Pick<Settings, "domain" | "canaryWeight" | "loginIssuer"> & HostPorts & Choices;

/** Spec of the VirtualService, for callers from outside and in the mesh: last the split by weight, before it what chooses. */
export function virtualServiceSpec(settings: RouteSettings): Spec<IVirtualService> {
  const { domain, canaryWeight, canaryAffinity, mirrorPercent } = settings;
  const split = weights(canaryWeight);
  const [stable, canary] = [destination("v1"), destination("v2")];
  const staying = canaryAffinity > 0 && { add: { "set-cookie": affinityAnswer(canaryWeight, canaryAffinity) } };
  const route = [
    { ...stable, weight: split.v1 },
    { ...canary, weight: split.v2, headers: { response: { ...canary.headers.response, ...staying } } },
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
 * Seconds after which a proxy closes a connection to the app that nothing used.
 *
 * Less than the 45 that the other end lets connections of an old configuration live: it tells those that are used to
 * close, and ends the others in the middle of a request (https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig, drainDuration; seen as single 503s).
 */
const idleSeconds = 30;

/** Spec of the DestinationRule; its host is the Service's, with the external name every answer would be 503. */
export function destinationRuleSpec(): Spec<IDestinationRule> {
  return {
    host: serviceHost,
    trafficPolicy: { connectionPool: { http: { idleTimeout: `${idleSeconds}s` } } },
    subsets: app.subsets.map((version) => ({ name: version, labels: { version } })),
  };
}
