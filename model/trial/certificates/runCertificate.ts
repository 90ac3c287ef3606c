/** A certificate that a run makes, and the Secret that it goes to. */
export interface RunCertificate {
  readonly namespace: string;
  readonly secret: string;
  readonly names: readonly string[];
  /** True if the Secret also contains the run's CA, with which a proxy verifies its peer. */
  readonly withCa: boolean;
  /** True for a certificate that a proxy shows as a client. */
  readonly isClient?: boolean;
}

/** Name in the client certificate that a run issues for a rule which starts TLS. */
const clientName = "client.trial";

/** Certificate that a proxy shows as a client. */
export const clientCertificate = (namespace: string, secret: string): RunCertificate => ({
  namespace,
  secret,
  names: [clientName],
  withCa: true,
  isClient: true,
});
