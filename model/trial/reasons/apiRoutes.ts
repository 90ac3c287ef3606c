import type { UserObject } from "../manifests/objects";
import { matchesHost } from "../manifests/services";
import { type Context, ofKind } from "./context";

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
export const rulesOf = ({ spec }: UserObject): readonly ApiRule[] => (spec?.rules ?? []) as ApiRule[];
export const listenersOf = ({ spec }: UserObject): readonly Listener[] => (spec?.listeners ?? []) as Listener[];
export const hostsOf = ({ spec }: UserObject): readonly string[] => (spec?.hostnames ?? []) as string[];
/** True if a route has a host by name, by a wildcard, or by naming none. */
export const hasHost = (route: UserObject, host: string): boolean =>
  hostsOf(route).length === 0 || hostsOf(route).some((pattern) => matchesHost(pattern, host));
