import {
  app,
  gateway,
  meshNamespace,
  publicHost,
  type Subset,
  subsetHeader,
  versionService,
  weightHeader,
} from "../names";
import { hasLogin, loginPathMatches, loginProxy } from "../security/login";
import type { Settings } from "../settings/contract";
import { noHeader } from "../settings/forms";
import { affinityAnswer, affinityPattern } from "./canaryRoutes";
import type {
  BackendRef,
  GatewayListener,
  GatewaySpec,
  HttpRouteFilter,
  HttpRouteMatch,
  HttpRouteRule,
  HttpRouteSpec,
  ParentRef,
} from "./gatewayApiKinds";
import { type RouteSettings, subsetWeights } from "./traffic";

/** API group and version of Gateway and HTTPRoute. */
export const gatewayApiVersion = "gateway.networking.k8s.io/v1";

/**
 * Spec of the Gateway. Its address is the Service of the ingress gateway, so that istiod deploys no gateway of its own
 * (https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/#manual-deployment).
 */
export function gatewayApiSpec({ domain }: Pick<Settings, "domain">): GatewaySpec {
  const certificate = { group: "", kind: "Secret", name: gateway.credentialName } as const;
  const listener = (name: string, hostname: string, secure: boolean): GatewayListener => ({
    name,
    hostname,
    ...(secure
      ? { port: 443, protocol: "HTTPS", tls: { mode: "Terminate", certificateRefs: [certificate] } }
      : { port: 80, protocol: "HTTP" }),
    allowedRoutes: { namespaces: { from: "All" } },
  });
  return {
    gatewayClassName: "istio",
    addresses: [{ type: "Hostname", value: gateway.service }],
    // a listener has one host name, and *.domain does not match the domain itself
    listeners: [
      listener("http", `*.${domain}`, false),
      listener("https", `*.${domain}`, true),
      listener("http-domain", domain, false),
      listener("https-domain", domain, true),
    ],
  };
}

/** Reference from a route to a listener of the Gateway. */
export const toListener = (sectionName: "http" | "http-domain" | "https"): ParentRef => ({
  group: "gateway.networking.k8s.io",
  kind: "Gateway",
  name: gateway.name,
  namespace: meshNamespace,
  sectionName,
});

/** Reference from a route to the app's Service, for callers in the mesh. */
const toService: ParentRef = { group: "", kind: "Service", name: app.name, port: app.port };

const setHeader = (name: string, value: string): HttpRouteFilter => ({
  type: "ResponseHeaderModifier",
  responseHeaderModifier: { set: [{ name, value }] },
});

/** Backend of one version. A response header names the version. */
const backend = (subset: Subset): BackendRef => ({
  group: "",
  kind: "Service",
  name: versionService(subset),
  port: app.port,
  filters: [setHeader(subsetHeader, subset)],
});

const everyPath = { type: "PathPrefix", value: "/" } as const;

/** Rule that routes every path to a service of the route's own namespace. */
export const ruleTo = (
  name: string,
  port: number,
  matches: readonly HttpRouteMatch[] = [{ path: everyPath }],
): HttpRouteRule => ({
  matches,
  backendRefs: [{ group: "", kind: "Service", name, port, weight: 1 }],
});

/**
 * Rules that select a version independently of the weight. A rule with more header matches precedes one with fewer, and
 * then the first one wins (https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule).
 */
function choiceRules({ canaryWeight, canaryHeader, canaryAffinity }: RouteSettings): HttpRouteRule[] {
  const rule = (
    name: string,
    subset: Subset,
    header: NonNullable<HttpRouteMatch["headers"]>[number],
  ): HttpRouteRule => ({
    name,
    matches: [{ path: everyPath, headers: [header] }],
    backendRefs: [{ ...backend(subset), weight: 1 }],
  });
  const byHeader = (value: string, subset: Subset) => rule(value, subset, { type: "Exact", name: canaryHeader, value });
  const cookie = { type: "RegularExpression", name: "cookie", value: affinityPattern(canaryWeight) } as const;
  return [
    ...(canaryHeader === noHeader ? [] : [byHeader("always", "v2"), byHeader("never", "v1")]),
    ...(canaryAffinity > 0 && canaryWeight > 0 ? [rule("stay", "v2", cookie)] : []),
  ];
}

/** Spec of the HTTPRoute to the app, for the gateway and for callers in the mesh. The weighted rule comes last. */
export function httpRouteSpec(settings: RouteSettings): HttpRouteSpec {
  const { domain, canaryWeight, canaryAffinity, mirrorPercent } = settings;
  const split = subsetWeights(canaryWeight);
  const canary = backend("v2");
  const cookie = affinityAnswer(canaryWeight, canaryAffinity);
  const stays: HttpRouteFilter = {
    type: "ResponseHeaderModifier",
    responseHeaderModifier: {
      set: [{ name: subsetHeader, value: "v2" }],
      add: [{ name: "set-cookie", value: cookie }],
    },
  };
  const { filters: _, ...copy } = canary;
  const mirror: HttpRouteFilter = {
    type: "RequestMirror",
    requestMirror: { backendRef: copy, percent: mirrorPercent },
  };
  return {
    parentRefs: [toListener("https"), toService],
    hostnames: [publicHost(domain)],
    rules: [
      ...choiceRules(settings),
      {
        name: "canary",
        matches: [{ path: everyPath }],
        filters: [setHeader(weightHeader, String(canaryWeight)), ...(mirrorPercent > 0 ? [mirror] : [])],
        backendRefs: [
          { ...backend("v1"), weight: split.v1 },
          { ...canary, weight: split.v2, ...(canaryAffinity > 0 && { filters: [stays] }) },
        ],
      },
    ],
  };
}

/** Spec of the HTTPRoute that redirects HTTP to HTTPS for all hosts, with the port that clients connect to. */
export const redirectRouteSpec = ({ httpsPort }: Pick<Settings, "httpsPort">): HttpRouteSpec => ({
  parentRefs: [toListener("http"), toListener("http-domain")],
  rules: [
    {
      matches: [{ path: everyPath }],
      filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", port: httpsPort, statusCode: 301 } }],
    },
  ],
});

/** Spec of the HTTPRoute to oauth2-proxy, in its namespace. Undefined without a login. A longer path precedes `/`. */
export const loginRouteSpec = (settings: Pick<Settings, "domain" | "loginIssuer">): HttpRouteSpec | undefined =>
  hasLogin(settings)
    ? {
        parentRefs: [toListener("https")],
        hostnames: [publicHost(settings.domain)],
        rules: [ruleTo(loginProxy.name, loginProxy.port, loginPathMatches)],
      }
    : undefined;
