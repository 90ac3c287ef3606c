import { getFrom, type Target } from "../../../host/http";
import { caName } from "../../../model/security/certificates";
import { publishedTarget } from "../../stack/runningEnvironment";
import type { Check, CheckContext } from "./check";
import { servedCertificate } from "./picture";

/**
 * Code of the error that ends a request; its status if it succeeds.
 *
 * @throws Error if the ingress does not even answer a client that trusts the CA: a refusal would then prove nothing
 */
const errorOf = async (context: CheckContext, difference: Partial<Target>): Promise<string> => {
  await getFrom(publishedTarget(context));
  return getFrom({ ...publishedTarget(context), ...difference }).then(
    ({ status }) => `status ${status}`,
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
};

/** A check that a client which differs from a good one is rejected, with an error that `expected` matches. */
const rejected = (id: string, title: string, difference: Partial<Target>, expected: RegExp): Check => ({
  ...{ step: 6, id, title, section: "curl-at-the-ingress" },
  run: async (context) => {
    const code = await errorOf(context, difference);
    return { passed: expected.test(code), evidence: code };
  },
});

const untrusted = rejected(
  "untrusted-ca",
  "a client that does not trust the CA rejects the certificate",
  { tls: {} },
  /UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SELF_SIGNED/,
);

const names: Check = {
  step: 6,
  id: "certificate",
  title: "the certificate covers the wildcard and is signed by the CA",
  section: "curl-at-the-ingress",
  run: async (context) => {
    const { domain, signingCa } = context.settings;
    const shown = await servedCertificate(context);
    const covers = [`*.${domain}`, domain].every((name) => shown.names.split(", ").includes(name));
    return {
      passed: covers && shown.issuer === caName(domain, signingCa),
      evidence: `${shown.names}; issuer ${shown.issuer}; until ${shown.until}`,
    };
  },
};

const outside = rejected(
  "outside-wildcard",
  "a host outside the wildcard is rejected",
  { host: "helloworld.example.com" },
  /ALTNAME|ECONNRESET|EPROTO|socket disconnected|UNRECOGNIZED/i,
);

/** Checks of the certificate that the ingress gateway serves. */
export const certificateChecks: readonly Check[] = [untrusted, names, outside];
