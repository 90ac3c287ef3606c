import type { IAuthorizationPolicy } from "@kubernetes-models/istio/security.istio.io/v1/AuthorizationPolicy";
import type { IRequestAuthentication } from "@kubernetes-models/istio/security.istio.io/v1/RequestAuthentication";
import { gateway, publicHost } from "../names";
import type { Settings } from "../settings/contract";
import { hasLogin, loginPaths, loginProxy } from "./login";

type Rule = NonNullable<NonNullable<IAuthorizationPolicy["spec"]>["rules"]>[number];

/** Issuer of the tokens, the claim `iss`. */
export const tokenIssuer = (domain: string): string => `https://tokens.${domain}`;

/** Claim on which the policies decide. */
export const groupClaim = "group";
/** Group that may request paths below `/admin`. */
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

const keyId = "ingress";

/** Key set (RFC 7517) with the public key, to be part of the RequestAuthentication, so that istiod fetches nothing. */
export const keySet = (publicKey: object): string =>
  JSON.stringify({ keys: [{ ...publicKey, kid: keyId, alg: "ES256", use: "sig" }] });

/** Header of a token, with the ID of the key in the key set. */
export const tokenHeader = { alg: "ES256", kid: keyId, typ: "JWT" } as const;

type TokenSettings = Pick<Settings, "domain" | "loginIssuer">;

/**
 * Spec of the RequestAuthentication. Requests with an invalid token get 401; requests without a token pass.
 *
 * With a login, the token is forwarded. By default Envoy removes a valid token, and the login policy, which runs later,
 * would treat the request as anonymous.
 *
 * https://istio.io/latest/docs/reference/config/security/request_authentication/
 */
export function requestAuthenticationSpec(
  settings: TokenSettings,
  jwks: string,
): NonNullable<IRequestAuthentication["spec"]> {
  const { domain } = settings;
  const forwarding = hasLogin(settings) && { forwardOriginalToken: true };
  return {
    selector: { matchLabels: gateway.selector },
    jwtRules: [{ issuer: tokenIssuer(domain), audiences: [publicHost(domain)], jwks, ...forwarding }],
  };
}

/** An AuthorizationPolicy of the ingress gateway. */
export interface GatewayPolicy {
  readonly name: string;
  readonly spec: NonNullable<IAuthorizationPolicy["spec"]>;
}

/** Matches HTTPS requests to the app. Plain HTTP is not matched, so that it still redirects. */
function httpsToApp(domain: string) {
  const host = publicHost(domain);
  // clients send the port as part of the host unless it is 443
  return { ports: ["443"], hosts: [host, `${host}:*`] };
}

const authorization = "request.headers[authorization]";

/**
 * AuthorizationPolicies that deny, with 403, requests without a valid token, and requests below `/admin` without the group.
 *
 * With a login, the first policy applies only to requests that carry a Bearer token. `loginPolicy` handles all others.
 */
export function authorizationPolicies({ domain, ...settings }: TokenSettings): GatewayPolicy[] {
  const deny = (name: string, rule: Rule): GatewayPolicy => ({
    name,
    spec: { selector: { matchLabels: gateway.selector }, action: "DENY", rules: [rule] },
  });
  const withBearer = hasLogin(settings) && { when: [{ key: authorization, values: ["Bearer*"] }] };
  return [
    deny("token-required", {
      from: [{ source: { notRequestPrincipals: ["*"] } }],
      to: [{ operation: httpsToApp(domain) }],
      ...withBearer,
    }),
    deny("admins-only", {
      to: [{ operation: { ...httpsToApp(domain), paths: adminPaths } }],
      when: [{ key: `request.auth.claims[${groupClaim}]`, notValues: [adminGroup] }],
    }),
  ];
}

/**
 * AuthorizationPolicy that sends each request without a Bearer token to oauth2-proxy for a decision.
 *
 * It excludes the paths of oauth2-proxy itself. Requests with a Bearer token are checked by `token-required`.
 */
export const loginPolicy = (domain: string): GatewayPolicy => ({
  name: "login-required",
  spec: {
    selector: { matchLabels: gateway.selector },
    action: "CUSTOM",
    provider: { name: loginProxy.name },
    rules: [
      {
        to: [{ operation: { ...httpsToApp(domain), notPaths: loginPaths } }],
        when: [{ key: authorization, notValues: ["Bearer *"] }],
      },
    ],
  },
});
