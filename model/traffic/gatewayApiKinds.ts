/** The fields in use of the Gateway API's kinds (https://gateway-api.sigs.k8s.io/reference/spec/). */

type Header = { readonly name: string; readonly value: string };

export interface ParentRef {
  readonly group: string;
  readonly kind: "Gateway" | "Service";
  readonly name: string;
  readonly namespace?: string;
  readonly sectionName?: string;
  readonly port?: number;
}

export interface BackendRef {
  readonly group: "";
  readonly kind: "Service";
  readonly name: string;
  readonly port: number;
  readonly weight?: number;
  readonly filters?: readonly HttpRouteFilter[];
}

export type HttpRouteFilter =
  | {
      readonly type: "ResponseHeaderModifier";
      readonly responseHeaderModifier: { readonly set?: readonly Header[]; readonly add?: readonly Header[] };
    }
  | {
      readonly type: "RequestMirror";
      readonly requestMirror: { readonly backendRef: BackendRef; readonly percent: number };
    }
  | {
      readonly type: "RequestRedirect";
      readonly requestRedirect: { readonly scheme: "https"; readonly port: number; readonly statusCode: 301 };
    };

export interface HttpRouteMatch {
  readonly path?: { readonly type: "PathPrefix" | "Exact"; readonly value: string };
  readonly headers?: readonly (Header & { readonly type: "Exact" | "RegularExpression" })[];
}

export interface HttpRouteRule {
  readonly name?: string;
  readonly matches: readonly HttpRouteMatch[];
  readonly filters?: readonly HttpRouteFilter[];
  readonly backendRefs?: readonly BackendRef[];
}

export interface HttpRouteSpec {
  readonly parentRefs: readonly ParentRef[];
  readonly hostnames?: readonly string[];
  readonly rules: readonly HttpRouteRule[];
}

export interface GatewayListener {
  readonly name: string;
  readonly port: number;
  readonly protocol: "HTTP" | "HTTPS";
  readonly hostname: string;
  readonly tls?: {
    readonly mode: "Terminate";
    readonly certificateRefs: readonly { readonly group: ""; readonly kind: "Secret"; readonly name: string }[];
  };
  readonly allowedRoutes: { readonly namespaces: { readonly from: "All" } };
}

/** Spec of a Gateway that is a waypoint. */
export interface WaypointSpec {
  readonly gatewayClassName: "istio-waypoint";
  readonly listeners: readonly { readonly name: string; readonly port: number; readonly protocol: "HBONE" }[];
  /** Metadata that istiod gives the objects that it creates for the Gateway. */
  readonly infrastructure: { readonly annotations: Readonly<Record<string, string>> };
}

export interface GatewaySpec {
  readonly gatewayClassName: string;
  readonly addresses: readonly { readonly type: "Hostname"; readonly value: string }[];
  readonly listeners: readonly GatewayListener[];
}
