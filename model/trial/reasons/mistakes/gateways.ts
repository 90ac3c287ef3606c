import { meshNamespace } from "../../../names";
import { entranceOf } from "../../manifests/gateways";
import { ingressesFor, servingAnnotation, unservedReason } from "../../manifests/ingresses";
import { labelText } from "../../manifests/labels";
import { titleOf } from "../../manifests/objects";
import { answeredBy } from "../../requests/observation";
import { isSecured, urlParts } from "../../requests/urls";
import { endedWith, hostOf } from "../context";
import { virtualServicesForHost } from "../routes";
import { entranceGateways, gatewayServers, podlessReason, servingServers } from "../servers";
import type { Mistake } from "./mistake";

/** A VirtualService that has only routes of a kind that the server's TLS mode cannot use. */
const routesOfWrongKind: Mistake = (context) => {
  for (const { gateway, server, index } of servingServers(context)) {
    const isPassthrough = /PASSTHROUGH/.test(server.tls?.mode ?? "");
    const wrong = virtualServicesForHost(context).find(({ spec }) =>
      isPassthrough ? spec?.http && !spec?.tls : spec?.tls && !spec?.http,
    );
    if (!wrong || !server.tls || server.tls.httpsRedirect) continue;
    if (isPassthrough)
      return {
        text: `${titleOf(gateway)} passes TLS through, so it sees no HTTP: the http routes of ${titleOf(wrong)} do not apply`,
        place: wrong.$.placeOf(["spec", "http"]),
        fix: "tls: [{ match: [{ port: 443, sniHosts: [HOST] }], route: [...] }]",
      };
    return {
      text: `${titleOf(gateway)} ends TLS (mode ${server.tls.mode}), so the tls routes of ${titleOf(wrong)} do not apply`,
      place: gateway.$.placeOf(["spec", "servers", index, "tls", "mode"]),
      fix: "http routes in the VirtualService, or mode: PASSTHROUGH",
    };
  }
  return undefined;
};

/** httpsRedirect on a server for HTTPS, where it has no effect. */
const redirectOnHttps: Mistake = (context) => {
  const wrong = servingServers(context).find(
    ({ server }) => server.tls?.httpsRedirect && server.port?.protocol === "HTTPS",
  );
  if (!wrong || !context.testCase.expect.status?.includes(301) || endedWith(context, 301)) return undefined;
  return {
    text: "httpsRedirect acts on the server that it stands on, and this one is for HTTPS",
    place: wrong.gateway.$.placeOf(["spec", "servers", wrong.index, "tls", "httpsRedirect"]),
    fix: "put tls: { httpsRedirect: true } on the server of protocol HTTP",
  };
};

/** A redirect that the server makes before any route. */
const redirectOfServer: Mistake = (context) => {
  const { scheme } = urlParts(context.testCase.request.url);
  const serving = servingServers(context).find(
    ({ server }) => server.tls?.httpsRedirect && server.port?.protocol === "HTTP",
  );
  return serving && scheme === "http" && endedWith(context, 301)
    ? {
        text: `${titleOf(serving.gateway)} redirects every request of this server to HTTPS`,
        place: serving.gateway.$.placeOf(["spec", "servers", serving.index, "tls", "httpsRedirect"]),
      }
    : undefined;
};

/** A selector that is nearly the one of a gateway. */
const misspelledSelector: Mistake = (context) => {
  if (!context.caller.outside || answeredBy(context.observation)) return undefined;
  return servingServers(context).flatMap(({ gateway }) => podlessReason(gateway, context.objects) ?? [])[0];
};

/** A selector for which this run made pods, although the environment's gateway may be meant. */
const selectorOfMadePods: Mistake = (context) => {
  if (!context.caller.outside || !endedWith(context, 404, "refused", "reset")) return undefined;
  const serving = servingServers(context).find(({ gateway }) => entranceOf(gateway, context.objects).made);
  if (!serving) return undefined;
  const { gateway } = serving;
  return {
    text: `no gateway of the environment has the labels that ${titleOf(gateway)} selects (${labelText(gateway.spec?.selector ?? {})}), so this run made one; the ingress gateway in ${meshNamespace} has istio: ingressgateway`,
    place: gateway.$.placeOf(["spec", "selector"]),
  };
};

/** A server with TLS on a port that another Gateway of the same pods opens for plain HTTP. */
const portOfTwoProtocols: Mistake = (context) => {
  const { url } = context.testCase.request;
  const { port } = urlParts(url);
  // the port still answers in the protocol that it has
  const failures = isSecured(url) ? ["tls-error", "reset"] : ["reset", "refused", 400];
  if (!endedWith(context, ...failures)) return undefined;
  const servers = entranceGateways(context).flatMap((gateway) =>
    gatewayServers(gateway).map((server, index) => ({ gateway, server, index, protocol: server.port?.protocol ?? "" })),
  );
  const serversOfPort = servers.filter(({ server }) => server.port?.number === port);
  const plain = serversOfPort.find(({ protocol }) => /^(HTTP|HTTP2|GRPC)$/.test(protocol));
  const secured = serversOfPort.find(({ protocol }) => /^(HTTPS|TLS)$/.test(protocol));
  return (
    plain &&
    secured && {
      text: `port ${port} is ${plain.protocol} in ${titleOf(plain.gateway)} and ${secured.protocol} in ${titleOf(secured.gateway)}: a port has one protocol, so one of them does not apply`,
      place: secured.gateway.$.placeOf(["spec", "servers", secured.index, "port"]),
      fix: "another port for one of them",
    }
  );
};

/** An Ingress that istiod does not read. */
const ingressOfOtherClass: Mistake = (context) => {
  if (!context.caller.outside || !endedWith(context, 404)) return undefined;
  const [ingress] = ingressesFor(hostOf(context), context.objects).filter(
    (object) => unservedReason(object) !== undefined,
  );
  return (
    ingress && {
      text: `${titleOf(ingress)} ${unservedReason(ingress)}: istiod serves only the class istio`,
      place: ingress.$.placeOf(["metadata"]),
      fix: servingAnnotation,
    }
  );
};

export const mistakesOfGateways: readonly Mistake[] = [
  ingressOfOtherClass,
  portOfTwoProtocols,
  routesOfWrongKind,
  redirectOnHttps,
  redirectOfServer,
  misspelledSelector,
  selectorOfMadePods,
];
