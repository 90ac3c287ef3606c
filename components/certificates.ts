import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { caHours, caSubject, keyArgs, leafNames, renewalWindow } from "../model/certificates";
import type { Settings } from "../model/contract";
import { componentType, gateway } from "../model/names";
import type { Cluster } from "./cluster";

export interface CertificatesArgs extends Pick<Settings, "domain" | "keyAlgorithm" | "certificateDays"> {
  readonly cluster: Cluster;
  /** Namespace of the ingress gateway: it reads its credential nowhere else. */
  readonly namespace: pulumi.Input<string>;
  /** @default the system's clock */
  readonly now?: Date;
}

/** A private CA, a wildcard certificate signed by it, and the Secret that the ingress gateway serves it from. */
export class Certificates extends pulumi.ComponentResource {
  /** Certificate of the CA, for clients to trust; public. */
  readonly caPem: pulumi.Output<string>;

  constructor(name: string, args: CertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Certificates"), name, {}, opts);
    const { cluster, namespace, domain, keyAlgorithm, certificateDays, now = new Date() } = args;
    const window = renewalWindow(now, certificateDays);
    const key = (part: string, options: pulumi.CustomResourceOptions = {}) =>
      new tls.PrivateKey(`${name}-${part}-key`, keyArgs(keyAlgorithm), { parent: this, ...options });

    const caKey = key("ca");
    const ca = new tls.SelfSignedCert(
      `${name}-ca`,
      {
        privateKeyPem: caKey.privateKeyPem,
        subject: caSubject(domain),
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: caHours,
      },
      { parent: this },
    );
    const leafKey = key("leaf", { replacementTrigger: window });
    const request = new tls.CertRequest(
      `${name}-request`,
      { privateKeyPem: leafKey.privateKeyPem, subject: { commonName: `*.${domain}` }, dnsNames: leafNames(domain) },
      { parent: this },
    );
    const leaf = new tls.LocallySignedCert(
      `${name}-leaf`,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: caKey.privateKeyPem,
        caCertPem: ca.certPem,
        allowedUses: ["server_auth", "digital_signature", "key_encipherment"],
        validityPeriodHours: certificateDays * 24,
      },
      { parent: this },
    );
    new k8s.core.v1.Secret(
      `${name}-credential`,
      {
        metadata: { name: gateway.credentialName, namespace },
        type: "kubernetes.io/tls",
        stringData: { "tls.crt": leaf.certPem, "tls.key": leafKey.privateKeyPem },
      },
      cluster.within(this),
    );
    this.caPem = ca.certPem;
    this.registerOutputs({ caPem: this.caPem });
  }
}
