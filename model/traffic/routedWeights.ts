import { publicHost, weightHeader } from "../names";

interface Dump {
  readonly configs?: readonly {
    readonly dynamic_route_config?: unknown;
    readonly dynamic_route_configs?: readonly { readonly route_config?: RouteConfig }[];
    readonly route_config?: RouteConfig;
  }[];
}
interface RouteConfig {
  readonly virtual_hosts?: readonly {
    readonly domains?: readonly string[];
    readonly routes?: readonly {
      readonly response_headers_to_add?: readonly {
        readonly header?: { readonly key?: string; readonly value?: string };
      }[];
    }[];
  }[];
}

/**
 * Weights by which a gateway routes the app's public host, from its Envoy's dump of dynamic routes
 * (https://www.envoyproxy.io/docs/envoy/latest/operations/admin#get--config_dump).
 *
 * The weight is in a response header that the route sets. The destinations do not show it, since Istio leaves out those with
 * a weight of 0: a weight of 0 or 100 looks in Envoy's configuration like a route without a split.
 */
export function routedWeights(dump: string, domain: string): number[] {
  const { configs = [] } = JSON.parse(dump) as Dump;
  const host = publicHost(domain);
  const weights = configs
    .flatMap((config) => [
      config.route_config,
      ...(config.dynamic_route_configs ?? []).map(({ route_config }) => route_config),
    ])
    .flatMap((config) => config?.virtual_hosts ?? [])
    .filter(({ domains = [] }) => domains.some((name) => name === host || name.startsWith(`${host}:`)))
    .flatMap(({ routes = [] }) => routes)
    .flatMap(({ response_headers_to_add: added = [] }) => added)
    .filter(({ header }) => header?.key?.toLowerCase() === weightHeader)
    .map(({ header }) => Number(header?.value));
  return [...new Set(weights)];
}
