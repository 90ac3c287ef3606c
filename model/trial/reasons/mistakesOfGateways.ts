import { meshNamespace } from "../../names";
import { misspelledSecret } from "../certificates";
import { entranceForHost, entranceOf, isIstioGateway, serversOf } from "../gateways";
import type { UserObject } from "../objects";
import { resultOf } from "../observation";
import { matchesHost } from "../services";
import { isSecured, urlParts } from "../urls";
import { type Context, hostOf, ofKind, titled } from "./context";
import type { Mistake } from "./mistake";
import { routesForHost } from "./routes";

interface Server {
  readonly port?: { readonly number?: number; readonly protocol?: string };
  readonly hosts?: readonly string[];
  readonly tls?: { readonly mode?: string; readonly credentialName?: string; readonly httpsRedirect?: boolean };
}

const servers = (gateway: UserObject): readonly Server[] => serversOf(gateway) as readonly Server[];

/** Gateways of the pods through which a caller from outside the cluster enters. */
function gatewaysHere({ objects, caller, one }: Context): UserObject[] {
  if (!caller.outside) return [];
  const { service } = entranceForHost(urlParts(one.request.url).host, objects, caller.gateway);
  return objects.filter((object) => isIstioGateway(object) && entranceOf(object, objects).service === service);
}

/** Servers of Gateways on the request's way that have its host. */
function serving(context: Context): { gateway: UserObject; server: Server; index: number }[] {
  const sni = context.one.request.sni ?? hostOf(context);
  return gatewaysHere(context)
    .flatMap((gateway) => servers(gateway).map((server, index) => ({ gateway, server, index })))
    .filter(({ server: { hosts = [] } }) => hosts.some((pattern) => matchesHost(pattern, sni)));
}

const secretElsewhere: Mistake = (context) => {
  if (resultOf(context.seen) !== "tls-error") return undefined;
  for (const { gateway, server, index } of serving(context)) {
    const [namespace] = entranceOf(gateway, context.objects).service.split("/");
    const secret = ofKind(context.objects, "Secret").find(
      ({ metadata }) => metadata.name === server.tls?.credentialName,
    );
    if (!secret || secret.$.namespace === namespace) continue;
    return {
      text: `Secret ${secret.$.namespace}/${secret.metadata.name} is not in the namespace of the gateway's pods, ${namespace}`,
      place: gateway.$.placeOf(["spec", "servers", index, "tls", "credentialName"]),
      fix: `put the Secret into ${namespace}`,
    };
  }
  return undefined;
};

/** A credential that no Secret has, although one of nearly the same name is there. */
const misspelledCredential: Mistake = (context) => {
  if (resultOf(context.seen) !== "tls-error") return undefined;
  for (const { gateway, server, index } of serving(context)) {
    const credential = server.tls?.credentialName;
    const secret = credential && misspelledSecret(credential, context.objects);
    if (!secret || ofKind(context.objects, "Secret").some(({ metadata }) => metadata.name === credential)) continue;
    return {
      text: `no Secret has the name ${credential}, so ${titled(gateway)} has no certificate; did you mean ${secret.metadata.name}?`,
      place: gateway.$.placeOf(["spec", "servers", index, "tls", "credentialName"]),
      fix: `credentialName: ${secret.metadata.name}`,
    };
  }
  return undefined;
};

/** A server that asks for no client certificate, where the case expects that it refuses a caller without one. */
const clientsNotVerified: Mistake = (context) => {
  const { one, seen } = context;
  if (!one.expect.status?.includes("tls-error") || seen.answer.status === undefined) return undefined;
  const found = serving(context).find(({ server }) => /^(SIMPLE|OPTIONAL_MUTUAL)$/.test(server.tls?.mode ?? ""));
  return (
    found && {
      text: `${titled(found.gateway)} has the mode ${found.server.tls?.mode}, which ${found.server.tls?.mode === "SIMPLE" ? "asks for no client certificate" : "lets clients without a certificate in"}`,
      place: found.gateway.$.placeOf(["spec", "servers", found.index, "tls", "mode"]),
      fix: "mode: MUTUAL",
    }
  );
};

/** A handshake that no server of the port takes. */
const noServer: Mistake = (context) => {
  const { request } = context.one;
  const { port } = urlParts(request.url);
  if (!context.caller.outside || resultOf(context.seen) !== "tls-error" || !isSecured(request.url)) return undefined;
  const here = serving(context).filter(({ server }) => server.port?.number === port);
  const mutual = here.find(({ server }) => /MUTUAL/.test(server.tls?.mode ?? ""));
  if (mutual && request.clientCertificate !== "trusted")
    return {
      text: `${titled(mutual.gateway)} requires a client certificate (mode ${mutual.server.tls?.mode}), and the request has ${request.clientCertificate === "foreign" ? "one by another CA" : "none"}`,
      place: mutual.gateway.$.placeOf(["spec", "servers", mutual.index, "tls", "mode"]),
    };
  if (here.length > 0) return undefined;
  const sni = request.sni ?? hostOf(context);
  const [elsewhere] = serving(context);
  if (elsewhere)
    return {
      text: `${titled(elsewhere.gateway)} opens ${sni} on port ${elsewhere.server.port?.number}, and the request goes to port ${port}`,
      place: elsewhere.gateway.$.placeOf(["spec", "servers", elsewhere.index, "port"]),
    };
  const all = gatewaysHere(context);
  const [gateway] = all;
  const known = all.flatMap((one) =>
    servers(one)
      .filter((server) => server.port?.number === port)
      .flatMap(({ hosts = [] }) => hosts),
  );
  return (
    gateway && {
      text: `no server on port ${port} has the host ${sni} (SNI); there are: ${known.join(", ") || "none"}`,
      place: gateway.$.placeOf(["spec", "servers"]),
    }
  );
};

/** Routes of a kind that the server's TLS mode cannot use. */
const routesOfWrongKind: Mistake = (context) => {
  for (const { gateway, server, index } of serving(context)) {
    const isPassthrough = /PASSTHROUGH/.test(server.tls?.mode ?? "");
    const wrong = routesForHost(context).find(({ spec }) =>
      isPassthrough ? spec?.http && !spec?.tls : spec?.tls && !spec?.http,
    );
    if (!wrong || !server.tls || server.tls.httpsRedirect) continue;
    if (isPassthrough)
      return {
        text: `${titled(gateway)} passes TLS through, so it sees no HTTP: the http routes of ${titled(wrong)} do not apply`,
        place: wrong.$.placeOf(["spec", "http"]),
        fix: "tls: [{ match: [{ port: 443, sniHosts: [HOST] }], route: [...] }]",
      };
    return {
      text: `${titled(gateway)} ends TLS (mode ${server.tls.mode}), so the tls routes of ${titled(wrong)} do not apply`,
      place: gateway.$.placeOf(["spec", "servers", index, "tls", "mode"]),
      fix: "http routes in the VirtualService, or mode: PASSTHROUGH",
    };
  }
  return undefined;
};

/** httpsRedirect on a server that it has no effect on. */
const redirectOnHttps: Mistake = (context) => {
  const wrong = serving(context).find(({ server }) => server.tls?.httpsRedirect && server.port?.protocol === "HTTPS");
  if (!wrong || !context.one.expect.status?.some((status) => status === 301) || resultOf(context.seen) === 301)
    return undefined;
  return {
    text: "httpsRedirect acts on the server that it stands on, and this one is for HTTPS",
    place: wrong.gateway.$.placeOf(["spec", "servers", wrong.index, "tls", "httpsRedirect"]),
    fix: "put tls: { httpsRedirect: true } on the server of protocol HTTP",
  };
};

/** A redirect that the server makes before any route. */
const redirectOfServer: Mistake = (context) => {
  const { scheme } = urlParts(context.one.request.url);
  const found = serving(context).find(({ server }) => server.tls?.httpsRedirect && server.port?.protocol === "HTTP");
  return found && scheme === "http" && resultOf(context.seen) === 301
    ? {
        text: `${titled(found.gateway)} redirects every request of this server to HTTPS`,
        place: found.gateway.$.placeOf(["spec", "servers", found.index, "tls", "httpsRedirect"]),
      }
    : undefined;
};

/** A Gateway whose selector is in another namespace than its pods, or whose pods are not there. */
const selectorWithoutPods: Mistake = (context) => {
  if (!context.caller.outside || !["404", "refused", "reset"].includes(String(resultOf(context.seen))))
    return undefined;
  const bare = serving(context).find(({ gateway }) => entranceOf(gateway, context.objects).made);
  return (
    bare && {
      text: `no gateway of the environment has the labels ${JSON.stringify(bare.gateway.spec?.selector)}; the ingress gateway in ${meshNamespace} has istio: ingressgateway`,
      place: bare.gateway.$.placeOf(["spec", "selector"]),
    }
  );
};

export const mistakesOfGateways: readonly Mistake[] = [
  secretElsewhere,
  misspelledCredential,
  clientsNotVerified,
  noServer,
  routesOfWrongKind,
  redirectOnHttps,
  redirectOfServer,
  selectorWithoutPods,
];
