import { hasAuthority, isPlaceholder, misspelledSecret } from "../../certificates/certificates";
import { tlsVersions } from "../../format/shapes";
import { entranceOf } from "../../manifests/gateways";
import { resultOf } from "../../requests/observation";
import { isSecured, urlParts } from "../../requests/urls";
import { hostOf, objectTitle, ofKind } from "../context";
import { entranceGateways, gatewayServers, servingServers } from "../servers";
import type { Mistake } from "./mistake";

const secretElsewhere: Mistake = (context) => {
  if (resultOf(context.observation) !== "tls-error") return undefined;
  for (const { gateway, server, index } of servingServers(context)) {
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
  if (resultOf(context.observation) !== "tls-error") return undefined;
  for (const { gateway, server, index } of servingServers(context)) {
    const credential = server.tls?.credentialName;
    const secret = credential && misspelledSecret(credential, context.objects);
    if (!secret || ofKind(context.objects, "Secret").some(({ metadata }) => metadata.name === credential)) continue;
    return {
      text: `no Secret has the name ${credential}, so ${objectTitle(gateway)} has no certificate; did you mean ${secret.metadata.name}?`,
      place: gateway.$.placeOf(["spec", "servers", index, "tls", "credentialName"]),
      fix: `credentialName: ${secret.metadata.name}`,
    };
  }
  return undefined;
};

/** A server that requires no client certificate, although the case expects that it rejects a caller without one. */
const clientsNotVerified: Mistake = (context) => {
  const { testCase, observation } = context;
  if (!testCase.expect.status?.includes("tls-error") || observation.answer.status === undefined) return undefined;
  const { tlsVersion } = testCase.request;
  const [open] = servingServers(context);
  if (tlsVersion && open)
    return {
      text: `${objectTitle(open.gateway)} accepts ${tlsVersion}: its minProtocolVersion is ${open.server.tls?.minProtocolVersion ?? "TLSV1_2, the default"}`,
      place: open.gateway.$.placeOf(["spec", "servers", open.index, "tls"]),
      fix: `minProtocolVersion: ${tlsVersions[tlsVersions.indexOf(tlsVersion) + 1] ?? "TLSV1_3"}`,
    };
  const serving = servingServers(context).find(({ server }) =>
    /^(SIMPLE|OPTIONAL_MUTUAL)$/.test(server.tls?.mode ?? ""),
  );
  return (
    serving && {
      text: `${objectTitle(serving.gateway)} has the mode ${serving.server.tls?.mode}, which ${serving.server.tls?.mode === "SIMPLE" ? "asks for no client certificate" : "lets clients without a certificate in"}`,
      place: serving.gateway.$.placeOf(["spec", "servers", serving.index, "tls", "mode"]),
      fix: "mode: MUTUAL",
    }
  );
};

/** A MUTUAL server whose Secret has no CA, and for which no Secret NAME-cacert exists. */
const noAuthority: Mistake = (context) => {
  if (!context.caller.outside || !["tls-error", "reset"].includes(String(resultOf(context.observation))))
    return undefined;
  const secrets = ofKind(context.objects, "Secret");
  for (const { gateway, server, index } of servingServers(context)) {
    const name = server.tls?.credentialName;
    if (!name || !/^(OPTIONAL_)?MUTUAL$/.test(server.tls?.mode ?? "")) continue;
    const [namespace] = entranceOf(gateway, context.objects).service.split("/");
    const secretsHere = secrets.filter(({ $ }) => $.namespace === namespace);
    const credentialSecret = secretsHere.find(({ metadata }) => metadata.name === name);
    if (
      !credentialSecret ||
      hasAuthority(credentialSecret) ||
      secretsHere.some(({ metadata }) => metadata.name === `${name}-cacert`)
    )
      continue;
    const secretWithCa = secrets.find((secret) => secret !== credentialSecret && hasAuthority(secret));
    // a run gives a Secret without data its own CA, unless another Secret has one
    if (!secretWithCa && isPlaceholder(credentialSecret)) continue;
    return {
      text: `Secret ${namespace}/${name} has no CA for the mode ${server.tls?.mode}, so the gateway refuses every handshake${secretWithCa ? `; Secret ${secretWithCa.$.namespace}/${secretWithCa.metadata.name} has one, under a name that nothing reads` : ""}`,
      place: gateway.$.placeOf(["spec", "servers", index, "tls", "credentialName"]),
      fix: `the CA as ca.crt in this Secret, or in a Secret ${namespace}/${name}-cacert`,
    };
  }
  return undefined;
};

/** A TLS handshake that matches no server of the port. */
const noServer: Mistake = (context) => {
  const { request } = context.testCase;
  const { port } = urlParts(request.url);
  if (!context.caller.outside || resultOf(context.observation) !== "tls-error" || !isSecured(request.url))
    return undefined;
  const serversOfPort = servingServers(context).filter(({ server }) => server.port?.number === port);
  const mutual = serversOfPort.find(({ server }) => /MUTUAL/.test(server.tls?.mode ?? ""));
  if (mutual && request.clientCertificate !== "trusted")
    return {
      text: `${objectTitle(mutual.gateway)} requires a client certificate (mode ${mutual.server.tls?.mode}), and the request has ${request.clientCertificate === "foreign" ? "one by another CA" : "none"}`,
      place: mutual.gateway.$.placeOf(["spec", "servers", mutual.index, "tls", "mode"]),
    };
  if (serversOfPort.length > 0) return undefined;
  const sni = request.sni ?? hostOf(context);
  const [elsewhere] = servingServers(context);
  if (elsewhere)
    return {
      text: `${objectTitle(elsewhere.gateway)} opens ${sni} on port ${elsewhere.server.port?.number}, and the request goes to port ${port}`,
      place: elsewhere.gateway.$.placeOf(["spec", "servers", elsewhere.index, "port"]),
    };
  const gateways = entranceGateways(context);
  const [gateway] = gateways;
  const known = gateways.flatMap((object) =>
    gatewayServers(object)
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

export const mistakesOfTls: readonly Mistake[] = [
  secretElsewhere,
  misspelledCredential,
  clientsNotVerified,
  noAuthority,
  noServer,
];
