import type { Observation } from "../checks/result";
import { parseJson } from "../json";
import { configSet, remedy } from "../output/remedy";
import { ok, problem, warning } from "./finding";

/** URL of an issuer's configuration (https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationRequest). */
export const discoveryUrl = (issuer: string): string => `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;

const otherIssuer = remedy`start the issuer, or ${configSet("loginIssuer", "URL")}`;
const consequence = "if its pod cannot read it either, oauth2-proxy ends at its start, and browsers get 403";

/** An issuer whose configuration this machine cannot read. The pods may reach it by another way. @param reason - of the failure */
export const unreachableIssuer = (reason: string): Observation => warning(`${reason}; ${consequence}`, otherIssuer);

/**
 * An issuer by its configuration, which has to name the issuer exactly as the key does.
 *
 * @param document - body of {@link discoveryUrl}
 */
export function issuerOf(issuer: string, document: string): Observation {
  const named = parseJson<{ issuer?: unknown }>(document)?.issuer;
  if (typeof named !== "string")
    return warning(`${discoveryUrl(issuer)} is not the configuration of an issuer; ${consequence}`, otherIssuer);
  return named === issuer
    ? ok("answers, and has the same name")
    : problem(
        `calls itself ${named}, and oauth2-proxy accepts no other text, not even another slash at the end`,
        remedy`${configSet("loginIssuer", named)}`,
      );
}
