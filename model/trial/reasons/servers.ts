import { entranceOf, isIstioGateway, misspelledLabel, serversOf } from "../manifests/gateways";
import { labelText } from "../manifests/labels";
import { objectKey, titleOf, type UserObject } from "../manifests/objects";
import { matchesHost } from "../manifests/services";
import type { Reason } from "../report/result";
import { type Context, entranceOfCaller, hostOf } from "./context";

interface Server {
  readonly port?: { readonly number?: number; readonly protocol?: string };
  readonly hosts?: readonly string[];
  readonly tls?: {
    readonly mode?: string;
    readonly credentialName?: string;
    readonly httpsRedirect?: boolean;
    readonly minProtocolVersion?: string;
  };
}

/** Servers of a Gateway of Istio, with the settings of their TLS. */
export const gatewayServers = (gateway: UserObject): readonly Server[] => serversOf(gateway) as readonly Server[];

/** Gateways of the pods through which a caller from outside the cluster enters. */
export function entranceGateways(context: Context): UserObject[] {
  if (!context.caller.outside) return [];
  const { objects } = context;
  const { service } = entranceOfCaller(context);
  return objects.filter((object) => isIstioGateway(object) && entranceOf(object, objects).service === service);
}

/** Servers of Gateways on the request's way that have its host. */
export function servingServers(context: Context): { gateway: UserObject; server: Server; index: number }[] {
  const sni = context.testCase.request.sni ?? hostOf(context);
  return entranceGateways(context)
    .flatMap((gateway) => gatewayServers(gateway).map((server, index) => ({ gateway, server, index })))
    .filter(({ server: { hosts = [] } }) => hosts.some((pattern) => matchesHost(pattern, sni)));
}

/** Service of the manifests in front of a Gateway's pods. Undefined for the Service of the environment or of the run. */
export function serviceInFront(gateway: UserObject, objects: readonly UserObject[]): UserObject | undefined {
  const { service } = entranceOf(gateway, objects);
  return objects.find((object) => object.kind === "Service" && objectKey(object) === service);
}

/** Ports of servers that a connection to a port reaches: that port, and the pod's behind it (`targetPort`). */
export function listenerPorts(gateway: UserObject, port: number, objects: readonly UserObject[]): readonly unknown[] {
  const ports = (serviceInFront(gateway, objects)?.spec?.ports ?? []) as { port?: number; targetPort?: unknown }[];
  return [port, ...ports.filter((candidate) => candidate.port === port).map(({ targetPort }) => targetPort)];
}

/** Reason why a Gateway has no effect: no pod of a gateway has the labels of its selector. */
export function podlessReason(gateway: UserObject, objects: readonly UserObject[]): Reason | undefined {
  const label = misspelledLabel(gateway, objects);
  return label === undefined
    ? undefined
    : {
        text: `no pod of a gateway has the labels that ${titleOf(gateway)} selects (${labelText(gateway.spec?.selector ?? {})}), so no proxy opens its servers; did you mean ${label}?`,
        place: gateway.$.placeOf(["spec", "selector"]),
        fix: `selector: { ${label} }`,
      };
}
