import type { UserObject } from "./objects";
import { istioHost, matchesHost } from "./services";

/** DestinationRules for a host, also by a wildcard. @param host - full name, such as web.shop.svc.cluster.local */
export const rulesForHost = (host: string, objects: readonly UserObject[]): UserObject[] =>
  objects.filter(
    ({ kind, spec, $ }) =>
      kind === "DestinationRule" && matchesHost(istioHost(String(spec?.host ?? ""), $.namespace), host),
  );

/** Full names of the hosts of a VirtualService. @param namespace - of the VirtualService */
export const fullHosts = (spec: { readonly hosts?: readonly string[] } | undefined, namespace: string): string[] =>
  (spec?.hosts ?? []).map((host) => istioHost(host, namespace));
