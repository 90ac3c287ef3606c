import { listed } from "../../../output/text";
import { hasAuthority, isPlaceholder, misspelledSecret } from "../../certificates/certificates";
import { tlsVersions } from "../../format/shapes";
import { entranceOf } from "../../manifests/gateways";
import { objectKey, titleOf } from "../../manifests/objects";
import { namespaceOf } from "../../manifests/services";
import { isSecured, urlParts } from "../../requests/urls";
import { type Context, endedWith, hostOf, ofKind } from "../context";
import { entranceGateways, gatewayServers, servingServers } from "../servers";
import type { Mistake } from "./mistake";

/** Servers on the request's way that name a credential, each with the line of the name and the namespace of its pods. */
const credentials = (context: Context) =>
  servingServers(context).flatMap(({ gateway, server, index }) => {
    const credential = server.tls?.credentialName;
    const place = gateway.$.placeOf(["spec", "servers", index, "tls", "credentialName"]);
    const namespace = namespaceOf(entranceOf(gateway, context.objects).service);
    return credential ? [{ gateway, mode: server.tls?.mode ?? "", credential, namespace, place }] : [];
  });

/** A credential whose Secret is in another namespace than the gateway's pods. */
const secretElsewhere: Mistake = (context) => {
  if (!endedWith(context, "tls-error")) return undefined;
  for (const { credential, namespace, place } of credentials(context)) {
    const secret = ofKind(context.objects, "Secret").find(({ metadata }) => metadata.name === credential);
    if (!secret || secret.$.namespace === namespace) continue;
    return {
      text: `${titleOf(secret)} is not in the namespace of the gateway's pods, ${namespace}`,
      place,
      fix: `put the Secret into ${namespace}`,
    };
  }
  return undefined;
};

/** A credential that no Secret has, although one of nearly the same name is there. */
const misspelledCredential: Mistake = (context) => {
  if (!endedWith(context, "tls-error")) return undefined;
  for (const { gateway, credential, place } of credentials(context)) {
    const secret = misspelledSecret(credential, context.objects);
    if (!secret || ofKind(context.objects, "Secret").some(({ metadata }) => metadata.name === credential)) continue;
    return {
      text: `no Secret has the name ${credential}, so ${titleOf(gateway)} has no certificate; did you mean ${secret.metadata.name}?`,
      place,
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
      text: `${titleOf(open.gateway)} accepts ${tlsVersion}: its minProtocolVersion is ${open.server.tls?.minProtocolVersion ?? "TLSV1_2, the default"}`,
      place: open.gateway.$.placeOf(["spec", "servers", open.index, "tls"]),
      fix: `minProtocolVersion: ${tlsVersions[tlsVersions.indexOf(tlsVersion) + 1] ?? "TLSV1_3"}`,
    };
  const serving = servingServers(context).find(({ server }) =>
    /^(SIMPLE|OPTIONAL_MUTUAL)$/.test(server.tls?.mode ?? ""),
  );
  const mode = serving?.server.tls?.mode;
  const effect = mode === "SIMPLE" ? "asks for no client certificate" : "lets clients without a certificate in";
  return (
    serving && {
      text: `${titleOf(serving.gateway)} has the mode ${mode}, which ${effect}`,
      place: serving.gateway.$.placeOf(["spec", "servers", serving.index, "tls", "mode"]),
      fix: "mode: MUTUAL",
    }
  );
};

/** A MUTUAL server whose Secret has no CA, and for which no Secret NAME-cacert exists. */
const noAuthority: Mistake = (context) => {
  if (!context.caller.outside || !endedWith(context, "tls-error", "reset")) return undefined;
  const secrets = ofKind(context.objects, "Secret");
  for (const { mode, credential, namespace, place } of credentials(context)) {
    if (!/^(OPTIONAL_)?MUTUAL$/.test(mode)) continue;
    const find = (name: string) => secrets.find((secret) => objectKey(secret) === `${namespace}/${name}`);
    const secret = find(credential);
    if (!secret || hasAuthority(secret) || find(`${credential}-cacert`)) continue;
    const withCa = secrets.find((candidate) => candidate !== secret && hasAuthority(candidate));
    // a run gives a Secret without data its own CA, unless another Secret has one
    if (!withCa && isPlaceholder(secret)) continue;
    const unread = withCa ? `; ${titleOf(withCa)} has one, under a name that nothing reads` : "";
    return {
      text: `${titleOf(secret)} has no CA for the mode ${mode}, so the gateway refuses every handshake${unread}`,
      place,
      fix: `the CA as ca.crt in this Secret, or in a Secret ${namespace}/${credential}-cacert`,
    };
  }
  return undefined;
};

/** A TLS handshake that matches no server of the port. */
const noServer: Mistake = (context) => {
  const { request } = context.testCase;
  const { port } = urlParts(request.url);
  if (!context.caller.outside || !endedWith(context, "tls-error") || !isSecured(request.url)) return undefined;
  const serversOfPort = servingServers(context).filter(({ server }) => server.port?.number === port);
  const mutual = serversOfPort.find(({ server }) => /MUTUAL/.test(server.tls?.mode ?? ""));
  const certificate = request.clientCertificate === "foreign" ? "one by another CA" : "none";
  if (mutual && request.clientCertificate !== "trusted")
    return {
      text: `${titleOf(mutual.gateway)} requires a client certificate (mode ${mutual.server.tls?.mode}), and the request has ${certificate}`,
      place: mutual.gateway.$.placeOf(["spec", "servers", mutual.index, "tls", "mode"]),
    };
  if (serversOfPort.length > 0) return undefined;
  const sni = request.sni ?? hostOf(context);
  const [elsewhere] = servingServers(context);
  if (elsewhere)
    return {
      text: `${titleOf(elsewhere.gateway)} opens ${sni} on port ${elsewhere.server.port?.number}, and the request goes to port ${port}`,
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
      text: `no server on port ${port} has the host ${sni} (SNI); there are: ${listed(known)}`,
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
