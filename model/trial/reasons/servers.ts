import { entranceForHost, entranceOf, isIstioGateway, serversOf } from "../gateways";
import type { UserObject } from "../objects";
import { matchesHost } from "../services";
import { urlParts } from "../urls";
import { type Context, hostOf } from "./context";

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

export const gatewayServers = (gateway: UserObject): readonly Server[] => serversOf(gateway) as readonly Server[];

/** Gateways of the pods through which a caller from outside the cluster enters. */
export function gatewaysHere({ objects, caller, testCase }: Context): UserObject[] {
  if (!caller.outside) return [];
  const { service } = entranceForHost(urlParts(testCase.request.url).host, objects, caller.gateway);
  return objects.filter((object) => isIstioGateway(object) && entranceOf(object, objects).service === service);
}

/** Servers of Gateways on the request's way that have its host. */
export function servingServers(context: Context): { gateway: UserObject; server: Server; index: number }[] {
  const sni = context.testCase.request.sni ?? hostOf(context);
  return gatewaysHere(context)
    .flatMap((gateway) => gatewayServers(gateway).map((server, index) => ({ gateway, server, index })))
    .filter(({ server: { hosts = [] } }) => hosts.some((pattern) => matchesHost(pattern, sni)));
}
