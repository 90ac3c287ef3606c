import type { IDestinationRule } from "@kubernetes-models/istio/networking.istio.io/v1/DestinationRule";
import type { IGateway } from "@kubernetes-models/istio/networking.istio.io/v1/Gateway";
import type { IVirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import type { Settings } from "./contract";
import { app, gateway, publicHost, type Subset, serviceHost, subsetHeader, weightHeader } from "./names";

/** Percent of requests for each subset; both are always there, off is 0. */
export function weights(canaryWeight: number): Readonly<Record<Subset, number>> {
  return { v1: 100 - canaryWeight, v2: canaryWeight };
}

const plainHttps = 443;

type Spec<Resource extends { spec?: unknown }> = NonNullable<Resource["spec"]>;

/** Spec of the Gateway: one for all hosts, since two that share a wildcard certificate give 404 on reused HTTP/2 connections (https://istio.io/latest/docs/ops/common-problems/network-issues/). */
export function gatewaySpec({ domain, httpsPort }: Pick<Settings, "domain" | "httpsPort">): Spec<IGateway> {
  const hosts = [`*.${domain}`, domain];
  return {
    selector: gateway.selector,
    servers: [
      {
        port: { number: 80, name: "http", protocol: "HTTP" },
        hosts,
        ...(httpsPort === plainHttps && { tls: { httpsRedirect: true } }),
      },
      {
        port: { number: 443, name: "https", protocol: "HTTPS" },
        hosts,
        tls: { mode: "SIMPLE", credentialName: gateway.credentialName },
      },
    ],
  };
}

/**
 * Spec of the VirtualService: the split by weight, for callers from outside and in the mesh.
 *
 * With another HTTPS port than 443 the redirect is made here, since `httpsRedirect` would name the wrong port.
 */
export function virtualServiceSpec({
  domain,
  httpsPort,
  canaryWeight,
}: Pick<Settings, "domain" | "httpsPort" | "canaryWeight">): Spec<IVirtualService> {
  const redirect = {
    name: "redirect",
    match: [{ port: 80, gateways: [gateway.reference] }],
    redirect: { scheme: "https", port: httpsPort, redirectCode: 301 },
  };
  const split = Object.entries(weights(canaryWeight)).map(([subset, weight]) => ({
    destination: { host: serviceHost, subset, port: { number: app.port } },
    weight,
    headers: { response: { set: { [subsetHeader]: subset } } },
  }));
  return {
    hosts: [publicHost(domain), serviceHost],
    gateways: [gateway.reference, "mesh"],
    http: [
      ...(httpsPort === plainHttps ? [] : [redirect]),
      { name: "canary", route: split, headers: { response: { set: { [weightHeader]: String(canaryWeight) } } } },
    ],
  };
}

/** Spec of the DestinationRule; its host is the Service's, with the external name every answer would be 503. */
export function destinationRuleSpec(): Spec<IDestinationRule> {
  return {
    host: serviceHost,
    subsets: app.subsets.map((version) => ({ name: version, labels: { version } })),
  };
}
