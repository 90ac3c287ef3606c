import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { RunCertificate } from "../model/trial/certificates/runCertificate";
import { trialNamespace } from "../model/trial/standIns/callers";
import { clientsName, trialLabel } from "../model/trial/standIns/pods";
import { createObject, type Namespaces } from "./resources";

const algorithm = { algorithm: "ECDSA", ecdsaCurve: "P256" };
/** Hours that certificates of a run are valid: it may be kept for a while. */
const hours = 30 * 24;

interface Pair {
  readonly key: pulumi.Output<string>;
  readonly cert: pulumi.Output<string>;
}

function issuer(name: string): Pair {
  const { privateKeyPem } = new tls.PrivateKey(`${name}-key`, algorithm);
  const { certPem } = new tls.SelfSignedCert(name, {
    privateKeyPem,
    subject: { commonName: `${name}.trial` },
    isCaCertificate: true,
    setSubjectKeyId: true,
    allowedUses: ["cert_signing"],
    validityPeriodHours: hours,
  });
  return { key: privateKeyPem, cert: certPem };
}

function leaf(name: string, names: readonly string[], ca: Pair, use: "server_auth" | "client_auth"): Pair {
  const { privateKeyPem } = new tls.PrivateKey(`${name}-key`, algorithm);
  const request = new tls.CertRequest(`${name}-request`, {
    privateKeyPem,
    subject: { commonName: (names[0] ?? name).slice(0, 64) },
    dnsNames: [...names],
  });
  const { certPem } = new tls.LocallySignedCert(name, {
    certRequestPem: request.certRequestPem,
    caPrivateKeyPem: ca.key,
    caCertPem: ca.cert,
    allowedUses: [use, "digital_signature", "key_encipherment"],
    validityPeriodHours: hours,
  });
  return { key: privateKeyPem, cert: certPem };
}

/**
 * The certificates that a run makes, each in its Secret, and the client certificates of the caller outside the cluster.
 *
 * @returns the Secrets that pods mount, by namespace, and the certificate of the run's CA
 */
export function createCertificates(
  certificates: readonly RunCertificate[],
  provider: pulumi.ProviderResource,
  namespaces: Namespaces,
): { mounted: ReadonlyMap<string, readonly pulumi.Resource[]>; authority: pulumi.Output<string> } {
  const mounted = new Map<string, pulumi.Resource[]>();
  // a later run knows by it that the Secrets are not the user's
  const labels = { [trialLabel]: pulumi.getStack() };
  const secret = (namespace: string, name: string, stringData: Record<string, pulumi.Input<string>>, type: string) => {
    const namespaceResource = namespaces.get(namespace);
    const object = { apiVersion: "v1", kind: "Secret", type, metadata: { name, namespace, labels } };
    const made = createObject({ ...object, stringData }, undefined, {
      provider,
      ...(namespaceResource && { dependsOn: namespaceResource }),
    });
    mounted.set(namespace, [...(mounted.get(namespace) ?? []), made]);
  };
  if (certificates.length === 0) return { mounted, authority: pulumi.output("") };
  const [ca, foreign] = [issuer("ca"), issuer("foreign-ca")];
  for (const { namespace, secret: name, names, withCa, isClient } of certificates) {
    const { key, cert } = leaf(`${namespace}-${name}`, names, ca, isClient ? "client_auth" : "server_auth");
    const data = { "tls.crt": cert, "tls.key": key, ...(withCa && { "ca.crt": ca.cert }) };
    secret(namespace, name, data, withCa ? "Opaque" : "kubernetes.io/tls");
  }
  const clients = {
    trusted: leaf("client", ["client.trial"], ca, "client_auth"),
    foreign: leaf("foreign-client", ["client.trial"], foreign, "client_auth"),
  };
  const files = Object.entries(clients).flatMap(([name, { key, cert }]) => [
    [`${name}.crt`, cert],
    [`${name}.key`, key],
  ]);
  secret(trialNamespace, clientsName, Object.fromEntries(files), "Opaque");
  return { mounted, authority: ca.cert };
}
