import { gateway, meshNamespace } from "../names";
import type { Settings } from "../settings/contract";
import { ruleTo, toListener } from "../traffic/gatewayApi";
import type { HttpRouteSpec } from "../traffic/gatewayApiKinds";
import { type HostPorts, redirectRoutes } from "../traffic/redirect";

/** Service ports of the observability pages, by page. The page's name is also the name of its Service. */
export const pagePorts = { prometheus: 9090, grafana: 3000, kiali: 20001 } as const;
export type PageName = keyof typeof pagePorts;

/** URL of a page inside the cluster. */
export const serviceUrl = (page: PageName): string => `http://${page}.${meshNamespace}:${pagePorts[page]}`;

export type PageAddress = Pick<Settings, "domain" | "httpsPort">;

/** Host of a page. The wildcard certificate of the app covers it. */
export const pageHost = (page: PageName, domain: string): string => `${page}.${domain}`;

/** URL of a page through the port on this host. */
export const pageUrl = (page: PageName, { domain, httpsPort }: PageAddress): string =>
  `https://${pageHost(page, domain)}${httpsPort === 443 ? "" : `:${httpsPort}`}/`;

/** Kubernetes verbs that read and change nothing. */
export const readVerbs = ["get", "list", "watch"];

/** Route from the ingress gateway to a page. */
export const pageRoute = (page: PageName, { domain, ...ports }: Pick<Settings, "domain"> & HostPorts) => ({
  hosts: [pageHost(page, domain)],
  gateways: [gateway.reference],
  http: [
    ...redirectRoutes(ports),
    {
      route: [
        { destination: { host: `${page}.${meshNamespace}.svc.cluster.local`, port: { number: pagePorts[page] } } },
      ],
    },
  ],
});

/** The same route by the Gateway API; the redirect is a route of its own for all hosts. */
export const pageHttpRoute = (page: PageName, { domain }: Pick<Settings, "domain">): HttpRouteSpec => ({
  parentRefs: [toListener("https")],
  hostnames: [pageHost(page, domain)],
  rules: [ruleTo(page, pagePorts[page])],
});
