import { entranceOf, isIstioGateway } from "../manifests/gateways";
import type { UserObject } from "../manifests/objects";
import { rulesWithCredential } from "./authorities";
import { type IssuedCertificate, issueMissing } from "./issuedCertificate";
import { clientCertificate } from "./runCertificate";

/**
 * Namespaces in which proxies look for the Secret of a rule: those of gateways, and the rule's own if it selects workloads.
 * A sidecar reads no Secret for a rule without workloadSelector.
 */
const namespacesOfCredential = (rule: UserObject, objects: readonly UserObject[]): string[] => [
  ...new Set([
    ...objects.filter(isIstioGateway).map((gateway) => entranceOf(gateway, objects).service.split("/")[0] ?? ""),
    ...(rule.spec?.workloadSelector ? [rule.$.namespace] : []),
  ]),
];

/** Client certificates for the credentials of DestinationRules that no Secret of the manifests has. */
export function missingClientCertificates(objects: readonly UserObject[]): IssuedCertificate[] {
  const named = rulesWithCredential(objects).flatMap(({ rule, credential }) =>
    namespacesOfCredential(rule, objects).map((namespace) => ({
      object: rule,
      certificate: clientCertificate(namespace, credential),
    })),
  );
  return issueMissing(named, objects, () => "a client certificate, and verifies the stand-in");
}
