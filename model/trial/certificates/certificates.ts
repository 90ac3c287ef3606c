import { distance } from "fastest-levenshtein";
import { gateway as environmentGateway } from "../../names";
import { entranceOf, isApiGateway, isIstioGateway, serversOf } from "../manifests/gateways";
import { hostsOf } from "../manifests/hosts";
import { type KubeObject, objectKey, type UserObject } from "../manifests/objects";
import { namespaceOf } from "../manifests/services";
import { isSecured } from "../requests/urls";
import { isClientCredential } from "./authorities";
import { type IssuedCertificate, issueMissing } from "./issuedCertificate";
import { clientCertificate, type RunCertificate } from "./runCertificate";

/** True for a TLS Secret without a certificate. Nobody commits a key, so the run issues both. */
export const isPlaceholder = ({ kind, type, data, stringData }: KubeObject): boolean =>
  kind === "Secret" &&
  type === "kubernetes.io/tls" &&
  ![data, stringData].some((contents) => (contents as Record<string, unknown> | undefined)?.["tls.crt"]);

/** True for a Secret with the certificate of a CA. */
export const hasAuthority = ({ kind, data, stringData }: KubeObject): boolean =>
  kind === "Secret" && /"(ca\.crt|cacert)":/.test(JSON.stringify([data, stringData]));

const namedCredentials = (objects: readonly UserObject[]): string[] =>
  [
    ...JSON.stringify(
      objects.filter((object) => isIstioGateway(object) || isApiGateway(object)).map(({ spec }) => spec ?? {}),
    ).matchAll(/"(?:credentialName|name)":"([^"]+)"/g),
  ].map(([, name = ""]) => name);

/** Number of letters by which a misspelled name may differ: one in four, and three at most. */
const allowedDifference = (name: string): number => Math.max(1, Math.min(3, Math.floor(name.length / 4)));

/**
 * TLS Secret of the manifests that a credential probably means: no object names it, its name is nearly the same, and no
 * other credential without a Secret is nearer to it. Such a credential gets no certificate from the run, which would hide
 * that the gateway finds none.
 */
export function misspelledSecret(credential: string, objects: readonly UserObject[]): UserObject | undefined {
  const named = namedCredentials(objects);
  const secrets = objects.filter(({ kind }) => kind === "Secret");
  const names = new Set(secrets.map(({ metadata }) => metadata.name));
  const missing = named.filter((name) => !names.has(name));
  return secrets.find(({ metadata: { name } }) => {
    const letters = distance(name, credential);
    const isNearest = missing.every((missingName) => distance(name, missingName) >= letters);
    return !named.includes(name) && letters > 0 && letters <= allowedDifference(credential) && isNearest;
  });
}

interface Listener {
  readonly hostname?: string;
  readonly tls?: { readonly certificateRefs?: readonly { readonly name: string; readonly namespace?: string }[] };
}

/** Certificates of the Secrets that the servers of a Gateway of either API name. */
function namedByGateway(gateway: UserObject, objects: readonly UserObject[]): RunCertificate[] {
  if (isIstioGateway(gateway)) {
    const namespace = namespaceOf(entranceOf(gateway, objects).service);
    return serversOf(gateway).flatMap(({ hosts = [], tls = {} }) =>
      tls.credentialName ? [certificate(namespace, tls.credentialName, hosts, /MUTUAL/.test(tls.mode ?? ""))] : [],
    );
  }
  if (!isApiGateway(gateway)) return [];
  return ((gateway.spec?.listeners ?? []) as Listener[]).flatMap(({ hostname = "*", tls }) =>
    (tls?.certificateRefs ?? []).map(({ name, namespace = gateway.$.namespace }) =>
      certificate(namespace, name, [hostname], false),
    ),
  );
}

/** Server certificates for credentials that Gateways name and that no Secret of the manifests has. */
export function missingServerCertificates(objects: readonly UserObject[]): IssuedCertificate[] {
  const named = objects
    .flatMap((object) => namedByGateway(object, objects).map((certificate) => ({ object, certificate })))
    .filter(
      ({ certificate: { secret } }) =>
        secret !== environmentGateway.credentialName && misspelledSecret(secret, objects) === undefined,
    );
  return issueMissing(
    named,
    objects,
    ({ names, withCa }) => `a certificate for ${names.join(", ")}${withCa ? ", and verifies clients" : ""}`,
  );
}

/** True for an object by which a proxy needs a Secret: a server of a Gateway, or TLS of a DestinationRule. */
export const namesSecrets = ({ kind, spec }: UserObject): boolean =>
  ["Gateway", "DestinationRule"].includes(kind) &&
  /"(credentialName|certificateRefs)":/.test(JSON.stringify(spec ?? {}));

/** Secrets that servers of Gateways name and that nothing in a run has, in the namespace of the gateway's pods. */
export function missingSecrets({
  applied,
  certificates,
}: {
  readonly applied: readonly UserObject[];
  readonly certificates: readonly RunCertificate[];
}): { namespace: string; name: string }[] {
  const known = new Set([
    ...certificates.map(({ namespace, secret }) => `${namespace}/${secret}`),
    ...applied.filter(({ kind }) => kind === "Secret").map(objectKey),
  ]);
  return applied.filter(isIstioGateway).flatMap((gateway) => {
    const namespace = namespaceOf(entranceOf(gateway, applied).service);
    return serversOf(gateway).flatMap(({ tls = {} }) => {
      const name = tls.credentialName;
      const isKnown = !name || name === environmentGateway.credentialName || known.has(`${namespace}/${name}`);
      return isKnown ? [] : [{ namespace, name }];
    });
  });
}

/** True if a gateway verifies clients by a Secret without data, and no Secret of the manifests contains a CA. */
function needsCa(name: string, objects: readonly UserObject[]): boolean {
  const isMutual = objects
    .filter(isIstioGateway)
    .flatMap(serversOf)
    .some(({ tls }) => tls?.credentialName === name && /MUTUAL/.test(tls.mode ?? ""));
  return isMutual && !objects.some(hasAuthority);
}

/** Certificates for the TLS Secrets of the manifests that contain none. */
export function placeholderCertificates(objects: readonly UserObject[]): IssuedCertificate[] {
  const hostsOf = (secret: string) =>
    objects
      .filter(isIstioGateway)
      .flatMap(serversOf)
      .flatMap(({ hosts = [], tls }) => (tls?.credentialName === secret ? hosts : []));
  const issued = (secret: UserObject): RunCertificate => {
    const { metadata, $ } = secret;
    if (isClientCredential(secret, objects)) return clientCertificate($.namespace, metadata.name);
    const hosts = hostsOf(metadata.name);
    return certificate($.namespace, metadata.name, hosts.length > 0 ? hosts : ["*"], needsCa(metadata.name, objects));
  };
  return objects.filter(isPlaceholder).map((object) => {
    const certificate = issued(object);
    const verification = certificate.withCa ? ", and verifies the other end" : "";
    const did = `it holds no certificate: this run's CA issues one for ${certificate.names.join(", ")}${verification}`;
    return { object, certificate, did };
  });
}

function certificate(namespace: string, secret: string, hosts: readonly string[], withCa: boolean): RunCertificate {
  const names = hosts
    .map((host) => (host.includes("/") ? (host.split("/")[1] ?? host) : host))
    .map((host) => (host === "*" ? "*.example.com" : host));
  return { namespace, secret, names: [...new Set(names)], withCa };
}

/** Names of the certificate that stand-ins of a namespace serve. */
export function servingNames(namespace: string, objects: readonly UserObject[]): string[] {
  const hosts = objects.flatMap((object): readonly string[] => {
    const { kind, spec } = object;
    if (kind === "ServiceEntry") return hostsOf(object);
    if (kind === "TLSRoute") return (spec?.hostnames ?? []) as string[];
    if (kind === "VirtualService")
      return ((spec?.tls ?? []) as { match?: { sniHosts?: string[] }[] }[]).flatMap(({ match = [] }) =>
        match.flatMap(({ sniHosts = [] }) => sniHosts),
      );
    return [];
  });
  const service = `${namespace}.svc.cluster.local`;
  return [...new Set([service, `*.${service}`, ...hosts.filter((host) => host !== "*")])];
}

const tlsPort = /^(tls|https|mongo-tls|mysql-tls)/i;

/** True if any stand-in has to serve TLS itself, beside the mutual TLS that its sidecar ends. */
export function servesTls(objects: readonly KubeObject[], urls: readonly string[]): boolean {
  if (urls.some(isSecured)) return true;
  return objects.some(({ kind, spec = {} }) => {
    if (kind === "ServiceEntry" || kind === "TLSRoute") return true;
    if (kind === "VirtualService") return (spec.tls ?? []).length > 0;
    if (kind === "DestinationRule") return /"mode":"(SIMPLE|MUTUAL)"/.test(JSON.stringify(spec));
    if (kind === "Gateway") return /PASSTHROUGH|Passthrough/.test(JSON.stringify(spec));
    const ports = (kind === "Service" ? (spec.ports ?? []) : []) as { name?: string; appProtocol?: string }[];
    return ports.some(({ name = "", appProtocol = "" }) => tlsPort.test(name) || tlsPort.test(appProtocol));
  });
}
