import { rulesWithCredential } from "./authorities";
import { entranceOf, isIstioGateway } from "./gateways";
import { titleOf, type UserObject } from "./objects";
import { clientCertificate, type RunCertificate } from "./runCertificate";
import { placeText } from "./source";
import type { Substitution } from "./substitutions";

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
export function missingClientCredentials(objects: readonly UserObject[]): {
  certificates: RunCertificate[];
  list: Substitution[];
} {
  const secrets = new Set(objects.filter(({ kind }) => kind === "Secret").map(({ metadata }) => metadata.name));
  const missing = rulesWithCredential(objects)
    .filter(({ credential }) => !secrets.has(credential))
    .flatMap(({ rule, credential }) =>
      namespacesOfCredential(rule, objects).map((namespace) => ({ rule, namespace, credential })),
    );
  const distinct = [...new Map(missing.map((one) => [`${one.namespace}/${one.credential}`, one])).values()];
  return {
    certificates: distinct.map(({ namespace, credential }) => clientCertificate(namespace, credential)),
    list: distinct.map(({ rule, namespace, credential }) => ({
      object: titleOf(rule),
      place: placeText(rule.$.place),
      did: `Secret ${namespace}/${credential} is not in the manifests: this run's CA issues a client certificate, and verifies the stand-in`,
    })),
  };
}
