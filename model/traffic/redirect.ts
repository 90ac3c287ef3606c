import type { IVirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import { gateway } from "../names";
import type { Settings } from "../settings/contract";

/** An http route of a VirtualService. */
export type Route = NonNullable<NonNullable<IVirtualService["spec"]>["http"]>[number];

/** Ports of this host that are published to the ingress gateway. */
export type HostPorts = Pick<Settings, "httpPort" | "httpsPort">;

/**
 * True if `httpsRedirect` of the Gateway redirects to the right port. Envoy keeps the port of the request, and drops it
 * if it is 80, which means 443 (observed with Envoy 1.40).
 */
export const redirectsAtGateway = ({ httpPort, httpsPort }: HostPorts): boolean => httpPort === 80 && httpsPort === 443;

/** Redirect from HTTP to HTTPS, for ports with which `httpsRedirect` of the Gateway would be wrong. */
export const redirectRoutes = (ports: HostPorts): Route[] =>
  redirectsAtGateway(ports)
    ? []
    : [
        {
          name: "redirect",
          match: [{ port: 80, gateways: [gateway.reference] }],
          redirect: { scheme: "https", port: ports.httpsPort, redirectCode: 301 },
        },
      ];
