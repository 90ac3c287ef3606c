import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { componentType, gateway } from "../model/names";
import { caHours, caSubject, keyArgs, leafNames, renewalWindow } from "../model/security/certificates";
import { caNumbers } from "../model/settings/forms";
import type { SettingsGroups } from "../model/settings/groups";
import type { Cluster } from "./cluster";

type CertificateSettings = SettingsGroups["certificates"];

export interface CertificatesArgs extends CertificateSettings {
  readonly cluster: Cluster;
  /** Namespace of the ingress gateway, which reads its credential only from there. */
  readonly namespace: pulumi.Input<string>;
  /** Date from which the renewal window is computed. @default the system's clock */
  readonly now?: Date;
}

interface Authority {
  readonly number: number;
  readonly keyPem: pulumi.Output<string>;
  readonly certPem: pulumi.Output<string>;
}

/** A private CA, a wildcard certificate that it signs, and the Secret with which the ingress gateway serves it. */
export class Certificates extends pulumi.ComponentResource {
  /** Certificates of all trusted CAs, concatenated as PEM; public. */
  readonly caPem: pulumi.Output<string>;
  /** `credentialName` for a Gateway; available once the Secret exists. */
  readonly credentialName: pulumi.Output<string>;

  constructor(name: string, args: CertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Certificates"), name, {}, opts);
    const { cluster, namespace, domain, keyAlgorithm, certificateDays, trustedCas, signingCa, now = new Date() } = args;

    const authorities = (caNumbers(trustedCas) ?? []).map((number) => this.authority(name, number, args));
    const signer = authorities.find(({ number }) => number === signingCa);
    if (!signer) throw new pulumi.RunError(`signingCa = ${signingCa} must be one of trustedCas, ${trustedCas}`);
    const leafKey = new tls.PrivateKey(`${name}-leaf-key`, keyArgs(keyAlgorithm), {
      parent: this,
      replacementTrigger: renewalWindow(now, certificateDays),
    });
    const request = new tls.CertRequest(
      `${name}-request`,
      { privateKeyPem: leafKey.privateKeyPem, subject: { commonName: `*.${domain}` }, dnsNames: leafNames(domain) },
      { parent: this },
    );
    const leaf = new tls.LocallySignedCert(
      `${name}-leaf`,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: signer.keyPem,
        caCertPem: signer.certPem,
        allowedUses: ["server_auth", "digital_signature", "key_encipherment"],
        validityPeriodHours: certificateDays * 24,
      },
      { parent: this },
    );
    const credential = new k8s.core.v1.Secret(
      `${name}-credential`,
      {
        metadata: { name: gateway.credentialName, namespace },
        type: "kubernetes.io/tls",
        stringData: { "tls.crt": leaf.certPem, "tls.key": leafKey.privateKeyPem },
      },
      cluster.childOptions(this),
    );
    this.caPem = pulumi.all(authorities.map(({ certPem }) => certPem)).apply((pems) => pems.join(""));
    this.credentialName = credential.metadata.name;
    this.registerOutputs({ caPem: this.caPem, credentialName: this.credentialName });
  }

  private authority(name: string, number: number, { domain, keyAlgorithm }: CertificatesArgs): Authority {
    const resource = number === 1 ? `${name}-ca` : `${name}-ca-${number}`;
    const { privateKeyPem } = new tls.PrivateKey(`${resource}-key`, keyArgs(keyAlgorithm), { parent: this });
    const { certPem } = new tls.SelfSignedCert(
      resource,
      {
        privateKeyPem,
        subject: caSubject(domain, number),
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: caHours,
      },
      // the CA of an environment that named another place stays, because clients trust it
      { parent: this, ignoreChanges: ["subject.province", "subject.locality"] },
    );
    return { number, keyPem: privateKeyPem, certPem };
  }
}
