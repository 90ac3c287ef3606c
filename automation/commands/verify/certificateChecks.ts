import { get, type Target } from "../../../host/http";
import { caName } from "../../../model/security/certificates";
import { published } from "../../stack/running";
import type { Check, CheckContext } from "./check";
import { certificate } from "./picture";

/**
 * Code of the error that ends a request; its status if it succeeds.
 *
 * @throws Error if the ingress does not even answer a client that trusts the CA: a refusal would then prove nothing
 */
const errorOf = async (context: CheckContext, difference: Partial<Target>): Promise<string> => {
  await get(published(context));
  return get({ ...published(context), ...difference }).then(
    ({ status }) => `status ${status}`,
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
};

const untrusted: Check = {
  step: 6,
  id: "untrusted-ca",
  title: "a client that does not trust the CA rejects the certificate",
  section: "curl-at-the-ingress",
  run: async (context) => {
    const code = await errorOf(context, { tls: {} });
    return { passed: /UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SELF_SIGNED/.test(code), evidence: code };
  },
};

const names: Check = {
  step: 6,
  id: "certificate",
  title: "the certificate covers the wildcard and is signed by the CA",
  section: "curl-at-the-ingress",
  run: async (context) => {
    const { domain, signingCa } = context.settings;
    const shown = await certificate(context);
    const covers = [`*.${domain}`, domain].every((name) => shown.names.split(", ").includes(name));
    return {
      passed: covers && shown.issuer === caName(domain, signingCa),
      evidence: `${shown.names}; issuer ${shown.issuer}; until ${shown.until}`,
    };
  },
};

const outside: Check = {
  step: 6,
  id: "outside-wildcard",
  title: "a host outside the wildcard is rejected",
  section: "curl-at-the-ingress",
  run: async (context) => {
    const code = await errorOf(context, { host: "helloworld.example.com" });
    return { passed: /ALTNAME|ECONNRESET|EPROTO|socket disconnected|UNRECOGNIZED/i.test(code), evidence: code };
  },
};

/** Checks of the certificate that the ingress gateway serves. */
export const certificateChecks: readonly Check[] = [untrusted, names, outside];
