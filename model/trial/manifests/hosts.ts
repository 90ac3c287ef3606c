import type { KubeObject, UserObject } from "./objects";
import { istioHost, matchesHost } from "./services";

/** Hosts of a VirtualService or a ServiceEntry, as they stand in its spec. */
export const hostsOf = ({ spec }: KubeObject): readonly string[] => spec?.hosts ?? [];

/** Full names of the hosts of a VirtualService. */
export const fullHosts = (object: KubeObject): string[] =>
  hostsOf(object).map((host) => istioHost(host, object.metadata.namespace ?? ""));

/** DestinationRules for a host, also by a wildcard. @param host - full name, such as web.shop.svc.cluster.local */
export const destinationRulesFor = (host: string, objects: readonly UserObject[]): UserObject[] =>
  objects.filter(
    ({ kind, spec, $ }) =>
      kind === "DestinationRule" && matchesHost(istioHost(String(spec?.host ?? ""), $.namespace), host),
  );

/** ServiceEntries for a host, also by a wildcard. */
export const serviceEntriesFor = (host: string, objects: readonly UserObject[]): UserObject[] =>
  objects.filter(
    (object) => object.kind === "ServiceEntry" && hostsOf(object).some((pattern) => matchesHost(pattern, host)),
  );
