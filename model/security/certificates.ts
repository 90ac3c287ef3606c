import type { Settings } from "../settings/contract";

const day = 24 * 60 * 60 * 1000;

/** Years of hours for the CA: ten, so that a leaf never outlives it. */
export const caHours = 10 * 365 * 24;

/** Common name of a CA: each has its own, so that clients that know two of them find the right one. */
export const caName = (domain: string, number: number): string => `ca${number === 1 ? "" : `-${number}`}.${domain}`;

/** Subject of a CA, with the place that the write-up's CA names. */
export const caSubject = (domain: string, number: number) => ({
  commonName: caName(domain, number),
  country: "US",
  province: "Colorado",
  locality: "Boulder",
  organization: domain,
});

/** Names of the leaf: a wildcard does not cover the domain itself. */
export const leafNames = (domain: string): string[] => [`*.${domain}`, domain];

/** Algorithm of the keys in the provider's words. */
export const keyArgs = (algorithm: Settings["keyAlgorithm"]) =>
  algorithm === "RSA" ? { algorithm, rsaBits: 2048 } : { algorithm, ecdsaCurve: "P256" };

/**
 * Number of the renewal window that `now` falls into; the leaf is replaced whenever it changes.
 *
 * A window is two thirds of the validity, so a leaf issued anywhere in one still has a third left when the next begins.
 * The provider renews on refresh only, never on a plain `up` (pulumi/pulumi-tls#39), hence a trigger of our own.
 */
export function renewalWindow(now: Date, certificateDays: number): number {
  return Math.floor(now.getTime() / (Math.floor((certificateDays * 2) / 3) * day));
}
