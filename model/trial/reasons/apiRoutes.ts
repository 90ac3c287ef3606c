import type { UserObject } from "../manifests/objects";
import { matchesHost } from "../manifests/services";
import type { Path } from "../manifests/source";
import { type Context, hostOf, ofKind } from "./context";

interface ParentRef {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly sectionName?: string;
  readonly port?: number;
}
interface Listener {
  readonly name?: string;
  readonly hostname?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly allowedRoutes?: { readonly namespaces?: { readonly from?: string } };
}
interface Filter {
  readonly type?: string;
  readonly requestRedirect?: { readonly statusCode?: number; readonly port?: number };
  readonly requestHeaderModifier?: { readonly add?: readonly { readonly name: string }[] };
  readonly requestMirror?: {
    readonly percent?: number;
    readonly fraction?: { readonly numerator: number; readonly denominator?: number };
  };
  readonly urlRewrite?: { readonly path?: { readonly type?: string } };
}
interface ApiRule {
  readonly filters?: readonly Filter[];
  readonly timeouts?: Readonly<Record<string, string>>;
  readonly backendRefs?: readonly {
    readonly name: string;
    readonly namespace?: string;
    readonly port?: number;
    readonly weight?: number;
  }[];
  readonly matches?: readonly { readonly method?: { readonly service?: string; readonly method?: string } }[];
}

/** Routes of the Gateway API. */
export const routesOf = ({ objects }: Context): UserObject[] =>
  ["HTTPRoute", "GRPCRoute", "TLSRoute"].flatMap((kind) => ofKind(objects, kind));
export const parentsOf = ({ spec }: UserObject): readonly ParentRef[] => (spec?.parentRefs ?? []) as ParentRef[];
export const listenersOf = ({ spec }: UserObject): readonly Listener[] => (spec?.listeners ?? []) as Listener[];
export const hostnamesOf = ({ spec }: UserObject): readonly string[] => (spec?.hostnames ?? []) as string[];

/** True if a route has a host by name, by a wildcard, or by naming none. */
export const hasHost = (route: UserObject, host: string): boolean =>
  hostnamesOf(route).length === 0 || hostnamesOf(route).some((pattern) => matchesHost(pattern, host));

/** Routes of the Gateway API for the request's host. */
export const routesForHost = (context: Context): UserObject[] =>
  routesOf(context).filter((route) => hasHost(route, hostOf(context)));

/** Rules of a route, each with the lines of its fields. */
export const routeRules = (route: UserObject) =>
  ((route.spec?.rules ?? []) as ApiRule[]).map((rule, i) => ({
    route,
    rule,
    placeOf: (...path: Path) => route.$.placeOf(["spec", "rules", i, ...path]),
  }));

/** Filters of the routes for the request's host, each with its line. */
export const filtersForHost = (context: Context) =>
  routesForHost(context)
    .flatMap(routeRules)
    .flatMap(({ route, rule: { filters = [] }, placeOf }) =>
      filters.map((filter, i) => ({ route, filter, place: placeOf("filters", i) })),
    );
