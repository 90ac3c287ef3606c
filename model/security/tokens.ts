import type { IAuthorizationPolicy } from "@kubernetes-models/istio/security.istio.io/v1/AuthorizationPolicy";
import type { IRequestAuthentication } from "@kubernetes-models/istio/security.istio.io/v1/RequestAuthentication";
import { gateway, publicHost } from "../names";
import type { Settings } from "../settings/contract";
import { hasLogin, ownPaths, proxy } from "./login";

type Rule = NonNullable<NonNullable<IAuthorizationPolicy["spec"]>["rules"]>[number];

/** Who signs the environment's tokens, as it stands in them. */
export const issuer = (domain: string): string => `https://tokens.${domain}`;

/** Claim that decides who may go where. */
export const groupClaim = "group";
/** Group that the paths below `/admin` are for. */
export const adminGroup = "admins";
export const adminPath = "/admin";
/**
 * Normalized paths that servers read as `/admin` or as one below it. Servers such as Tomcat ignore what follows a semicolon.
 * Letter case counts, as in RFC 3986: `/ADMIN` is another path.
 */
const adminPaths = [adminPath, `${adminPath}/*`, `${adminPath};*`];
/** Other spellings of `/admin` that clients can send. */
export const adminSpellings = [
  "//admin",
  "/admin//",
  "/./admin",
  "/x/../admin",
  "/%61dmin",
  "/admin%2Fx",
  "/%2Fadmin",
  "/admin%5Cx",
  "/admin;x=1",
];

const keyId = "door";

/** Public key of the tokens as a key set (RFC 7517), to be written into the RequestAuthentication: nothing has to be fetched. */
export const keySet = (publicKey: object): string =>
  JSON.stringify({ keys: [{ ...publicKey, kid: keyId, alg: "ES256", use: "sig" }] });

/** Header of a token that the key set knows. */
export const tokenHeader = { alg: "ES256", kid: keyId, typ: "JWT" } as const;

type Door = Pick<Settings, "domain" | "loginIssuer">;

/**
 * Spec of the RequestAuthentication: a token that is there has to be good, else 401; one that is missing passes.
 *
 * Where there is a login the token stays in the request, since Envoy takes a good one out, and whom the policies leave
 * to the login is told by it.
 *
 * https://istio.io/latest/docs/reference/config/security/request_authentication/
 */
export function requestAuthenticationSpec(settings: Door, jwks: string): NonNullable<IRequestAuthentication["spec"]> {
  const { domain } = settings;
  const kept = hasLogin(settings) && { forwardOriginalToken: true };
  return {
    selector: { matchLabels: gateway.selector },
    jwtRules: [{ issuer: issuer(domain), audiences: [publicHost(domain)], jwks, ...kept }],
  };
}

/** An AuthorizationPolicy of the ingress gateway. */
export interface Policy {
  readonly name: string;
  readonly spec: NonNullable<IAuthorizationPolicy["spec"]>;
}

/** Requests for the app by HTTPS: plain HTTP still redirects. */
function door(domain: string) {
  const host = publicHost(domain);
  // the port is part of the host that a client asks for wherever it is not 443
  return { ports: ["443"], hosts: [host, `${host}:*`] };
}

const authorization = "request.headers[authorization]";

/**
 * The AuthorizationPolicies that turn away, with 403, who has no token, and who is not in the group of a path.
 *
 * Where there is a login, who shows nothing that begins as a token does is left to it.
 */
export function authorizationPolicies({ domain, ...settings }: Door): Policy[] {
  const deny = (name: string, rule: Rule): Policy => ({
    name,
    spec: { selector: { matchLabels: gateway.selector }, action: "DENY", rules: [rule] },
  });
  const shown = hasLogin(settings) && { when: [{ key: authorization, values: ["Bearer*"] }] };
  return [
    deny("token-required", {
      from: [{ source: { notRequestPrincipals: ["*"] } }],
      to: [{ operation: door(domain) }],
      ...shown,
    }),
    deny("admins-only", {
      to: [{ operation: { ...door(domain), paths: adminPaths } }],
      when: [{ key: `request.auth.claims[${groupClaim}]`, notValues: [adminGroup] }],
    }),
  ];
}

/**
 * The AuthorizationPolicy that asks oauth2-proxy about each request without a token.
 *
 * Whatever it leaves out either leads to oauth2-proxy itself or is asked for a token by `token-required`.
 */
export const loginPolicy = (domain: string): Policy => ({
  name: "login-required",
  spec: {
    selector: { matchLabels: gateway.selector },
    action: "CUSTOM",
    provider: { name: proxy.name },
    rules: [
      {
        to: [{ operation: { ...door(domain), notPaths: ownPaths } }],
        when: [{ key: authorization, notValues: ["Bearer *"] }],
      },
    ],
  },
});
