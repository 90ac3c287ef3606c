import { app, versionService } from "../names";
import type { Settings } from "../settings/contract";
import { gatewayApiVersion, httpRouteSpec } from "./gatewayApi";
import { type RouteSettings, virtualServiceSpec } from "./traffic";

/** A destination of a VirtualService or a backend of an HTTPRoute. */
interface Weighted {
  readonly name?: string;
  readonly destination?: { readonly subset?: string };
  readonly weight?: number;
}

/** The route to the app as the API server returns it. */
interface Route {
  readonly spec: {
    readonly http?: readonly { readonly route?: readonly Weighted[] }[];
    readonly rules?: readonly { readonly backendRefs?: readonly Weighted[] }[];
  };
}

/** The resource whose weights split the requests between the versions. */
export interface CanaryRoute {
  readonly kind: "VirtualService" | "HTTPRoute";
  /** Path at the API server. */
  readonly path: string;
  /** The resource among the stack's resources, as Pulumi's `--target` matches it. */
  readonly target: string;
  readonly spec: (settings: RouteSettings) => object;
  /** Percent of the requests that it routes to version 2. */
  readonly weightOf: (route: Route) => number;
}

const routes: Readonly<Record<Settings["routing"], CanaryRoute>> = {
  istio: {
    kind: "VirtualService",
    path: `/apis/networking.istio.io/v1/namespaces/${app.namespace}/virtualservices/${app.name}`,
    target: "**kubernetes:networking.istio.io/v1:VirtualService::routing-virtualservice",
    spec: virtualServiceSpec,
    weightOf: ({ spec }) =>
      spec.http?.at(-1)?.route?.find(({ destination }) => destination?.subset === "v2")?.weight ?? 0,
  },
  "gateway-api": {
    kind: "HTTPRoute",
    path: `/apis/${gatewayApiVersion}/namespaces/${app.namespace}/httproutes/${app.name}`,
    target: `**kubernetes:${gatewayApiVersion}:HTTPRoute::routing-httproute`,
    spec: httpRouteSpec,
    weightOf: ({ spec }) =>
      spec.rules?.at(-1)?.backendRefs?.find(({ name }) => name === versionService("v2"))?.weight ?? 0,
  },
};

/** The routes of both APIs. The cluster has one of them, or both while `routing` changes. */
export const canaryRoutes: readonly CanaryRoute[] = Object.values(routes);

/** The route that the configuration names. */
export const canaryRoute = ({ routing }: Pick<Settings, "routing">): CanaryRoute => routes[routing];

/** True for the URN of a route that a rollout changes. */
export const isCanaryRoute = (urn: string): boolean => canaryRoutes.some(({ target }) => urn.endsWith(target.slice(2)));
