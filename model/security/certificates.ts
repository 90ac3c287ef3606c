import type { Settings } from "../settings/contract";

const day = 24 * 60 * 60 * 1000;

/** Validity of a CA: ten years in hours, longer than that of any leaf. */
export const caHours = 10 * 365 * 24;

/** Common name of a CA. It contains the number, so that clients that trust two CAs pick the right one. */
export const caName = (domain: string, number: number): string => `ca${number === 1 ? "" : `-${number}`}.${domain}`;

/** Subject of a CA. Its place is fixed, because a change would replace the CAs of existing environments. */
export const caSubject = (domain: string, number: number) => ({
  commonName: caName(domain, number),
  country: "US",
  province: "Colorado",
  locality: "Boulder",
  organization: domain,
});

/** DNS names of the leaf certificate. A wildcard does not cover the domain itself. */
export const leafNames = (domain: string): string[] => [`*.${domain}`, domain];

/** Arguments of `tls.PrivateKey` for an algorithm. */
export const keyArgs = (algorithm: Settings["keyAlgorithm"]) =>
  algorithm === "RSA" ? { algorithm, rsaBits: 2048 } : { algorithm, ecdsaCurve: "P256" };

/**
 * Number of the renewal window that contains `now`. The leaf is replaced when the number changes.
 *
 * A window is two thirds of the validity, so a leaf has at least a third of its lifetime left when the next window begins.
 * The tls provider renews only on refresh, never on a plain `up` (pulumi/pulumi-tls#39).
 */
export function renewalWindow(now: Date, certificateDays: number): number {
  return Math.floor(now.getTime() / (Math.floor((certificateDays * 2) / 3) * day));
}
