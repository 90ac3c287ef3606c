import { titleOf, type UserObject } from "../manifests/objects";
import { placeText } from "../manifests/source";
import type { Substitution } from "../standIns/substitutions";
import type { RunCertificate } from "./runCertificate";

/** A certificate that a run issues because the manifests do not have it. */
export interface IssuedCertificate {
  /** Object that names the Secret of the certificate, or that Secret. */
  readonly object: UserObject;
  readonly certificate: RunCertificate;
  /** Explanation for the report. */
  readonly did: string;
}

/** A certificate for a Secret that an object names. */
export type NamedCertificate = Pick<IssuedCertificate, "object" | "certificate">;

/** The certificate as a substitution of the report. */
export const certificateSubstitution = ({ object, did }: IssuedCertificate): Substitution => ({
  object: titleOf(object),
  place: placeText(object.$.place),
  did,
});

/**
 * Certificates for the Secrets that objects name and that the manifests do not have, one for each Secret.
 *
 * @param effect - of a certificate, for the report: the run's CA issues …
 */
export function issueMissing(
  named: readonly NamedCertificate[],
  objects: readonly UserObject[],
  effect: (certificate: RunCertificate) => string,
): IssuedCertificate[] {
  const secrets = new Set(objects.filter(({ kind }) => kind === "Secret").map(({ metadata }) => metadata.name));
  const missing = named.filter(({ certificate }) => !secrets.has(certificate.secret));
  const keyOf = ({ certificate: { namespace, secret } }: NamedCertificate) => `${namespace}/${secret}`;
  const distinct = new Map(missing.map((issued) => [keyOf(issued), issued]));
  return [...distinct].map(([key, { object, certificate }]) => {
    const did = `Secret ${key} is not in the manifests: this run's CA issues ${effect(certificate)}`;
    return { object, certificate, did };
  });
}
