import { meshNamespace } from "../../names";
import type { Tests } from "../format/cases";
import type { UserObject } from "../manifests/objects";
import { outsideName } from "../standIns/callers";

interface Spec {
  readonly jwtRules?: readonly object[];
}

/** Issuers whose tokens cases send to the gateway, and that no RequestAuthentication of the user's checks there. */
export function issuersAtGateway({ cases }: Tests, objects: readonly UserObject[], preset: string): string[] {
  const known = objects
    .filter(({ kind, $ }) => kind === "RequestAuthentication" && $.namespace === meshNamespace)
    .flatMap(({ spec }) => ((spec?.jwtRules ?? []) as { issuer?: string }[]).map(({ issuer }) => issuer));
  const sent = cases
    .filter(({ from }) => from === outsideName)
    .flatMap(({ request: { token } }) => (token ? [token.issuer ?? preset] : []));
  return [...new Set(sent)].filter((issuer) => !known.includes(issuer));
}

/** The environment's RequestAuthentication, which also lets the run's own tokens pass on to workloads. */
export const acceptingIssuers =
  (issuers: readonly string[], jwks: string) =>
  (before: unknown): unknown => {
    const { jwtRules = [], ...spec } = before as Spec;
    const rules = issuers.map((issuer) => ({ issuer, jwks, forwardOriginalToken: true }));
    return { ...spec, jwtRules: [...jwtRules, ...rules] };
  };
