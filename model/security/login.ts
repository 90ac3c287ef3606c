import { gateway, meshNamespace, publicHost } from "../names";
import type { Settings } from "../settings/contract";
import { none } from "../settings/forms";
import type { Route } from "../traffic/redirect";

/** oauth2-proxy. The name is that of its Deployment, its Service and the extension provider in istiod. */
export const loginProxy = { name: "oauth2-proxy", port: 4180 } as const;
const proxyHost = `${loginProxy.name}.${meshNamespace}.svc.cluster.local`;

/** True if the ingress gateway redirects browsers without a token to the login. */
export const hasLogin = ({ loginIssuer }: Pick<Settings, "loginIssuer">): boolean => loginIssuer !== none;

const loginFolder = "/oauth2/";
const robots = "/robots.txt";
/** Paths that oauth2-proxy answers itself, as patterns of an AuthorizationPolicy. */
export const loginPaths = [`${loginFolder}*`, robots];

/** The same paths as matches of an HTTPRoute, whose prefixes end at a slash. */
export const loginPathMatches = [
  { path: { type: "PathPrefix", value: loginFolder } },
  { path: { type: "Exact", value: robots } },
] as const;

/**
 * Routes to the paths that oauth2-proxy answers itself.
 *
 * Its check allows these paths without a session, so none of them may lead to the app
 * (https://oauth2-proxy.github.io/oauth2-proxy/features/endpoints/).
 */
export const loginRoutes = (settings: Pick<Settings, "loginIssuer">): Route[] =>
  hasLogin(settings)
    ? [
        {
          name: "login",
          match: [{ prefix: loginFolder }, { exact: robots }].map((uri) => ({ uri, gateways: [gateway.reference] })),
          route: [{ destination: { host: proxyHost, port: { number: loginProxy.port } } }],
        },
      ]
    : [];

/**
 * Extension provider with which the gateway authorizes requests by oauth2-proxy (ext_authz). Empty without a login.
 *
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider-EnvoyExternalAuthorizationHttpProvider
 */
export const extensionProviders = (settings: Pick<Settings, "loginIssuer">) =>
  hasLogin(settings)
    ? [
        {
          name: loginProxy.name,
          envoyExtAuthzHttp: {
            service: proxyHost,
            port: loginProxy.port,
            includeRequestHeadersInCheck: ["accept", "cookie"],
            headersToDownstreamOnAllow: ["set-cookie"],
            headersToDownstreamOnDeny: ["content-type", "set-cookie"],
          },
        },
      ]
    : [];

/** Redirect URL after a login; to be registered at the issuer. */
export const callbackUrl = ({ domain, httpsPort }: Pick<Settings, "domain" | "httpsPort">): string =>
  `https://${publicHost(domain)}${httpsPort === 443 ? "" : `:${httpsPort}`}${loginFolder}callback`;

/** Path of the readiness probe: 200 once oauth2-proxy has read the issuer's configuration. */
export const readyPath = `${loginFolder}ready`;

type LoginSettings = Pick<Settings, "domain" | "httpsPort" | "loginIssuer" | "loginClient">;

/** Arguments of oauth2-proxy. Secrets are environment variables. */
export const proxyArguments = (settings: LoginSettings): string[] => [
  "--provider=oidc",
  `--oidc-issuer-url=${settings.loginIssuer}`,
  `--client-id=${settings.loginClient}`,
  `--redirect-url=${callbackUrl(settings)}`,
  "--code-challenge-method=S256",
  // the default, force, has Dex ask each user for consent at every login, whatever its configuration says
  "--approval-prompt=auto",
  "--email-domain=*",
  "--skip-provider-button=true",
  "--cookie-secure=true",
  "--cookie-samesite=lax",
  // the check allows a request by answering 200
  "--upstream=static://200",
  `--http-address=0.0.0.0:${loginProxy.port}`,
  // the default paths, /ping and /ready, would be open to everyone on the app's host
  `--ping-path=${loginFolder}ping`,
  `--ready-path=${readyPath}`,
];
