import type { IVirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import { gateway } from "../names";
import type { Settings } from "../settings/contract";

type Route = NonNullable<NonNullable<IVirtualService["spec"]>["http"]>[number];

/** The ports of this host that lead to the ingress gateway. */
export type HostPorts = Pick<Settings, "httpPort" | "httpsPort">;

/**
 * Whether the Gateway's own `httpsRedirect` names the right port: it keeps the one that the client asked for, and where
 * that was 80, none, it means 443 (seen with Envoy 1.40).
 */
export const redirectsAtGateway = ({ httpPort, httpsPort }: HostPorts): boolean => httpPort === 80 && httpsPort === 443;

/** The route from plain HTTP to HTTPS, where the Gateway's own would name the wrong port. */
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
