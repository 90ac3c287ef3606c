import type { IVirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import { gateway, meshNamespace, publicHost } from "../names";
import type { Settings } from "../settings/contract";
import { none } from "../settings/forms";

type Route = NonNullable<NonNullable<IVirtualService["spec"]>["http"]>[number];

/** What sends browsers to log in: the name of its Deployment, its Service, and of istiod's extension provider. */
export const proxy = { name: "oauth2-proxy", port: 4180 } as const;
const proxyHost = `${proxy.name}.${meshNamespace}.svc.cluster.local`;

/** Whether browsers without a token are sent to log in. */
export const hasLogin = ({ loginIssuer }: Pick<Settings, "loginIssuer">): boolean => loginIssuer !== none;

const ownFolder = "/oauth2/";
const robots = "/robots.txt";
/** Paths that oauth2-proxy answers itself, in an AuthorizationPolicy's words. */
export const ownPaths = [`${ownFolder}*`, robots];

/**
 * Routes of what oauth2-proxy answers itself.
 *
 * It would let a check of these paths pass without a session, so that none of them may lead to the app
 * (https://oauth2-proxy.github.io/oauth2-proxy/features/endpoints/).
 */
export const loginRoutes = (settings: Pick<Settings, "loginIssuer">): Route[] =>
  hasLogin(settings)
    ? [
        {
          name: "login",
          match: [{ prefix: ownFolder }, { exact: robots }].map((uri) => ({ uri, gateways: [gateway.reference] })),
          route: [{ destination: { host: proxyHost, port: { number: proxy.port } } }],
        },
      ]
    : [];

/**
 * The extension provider that the gateway asks before it lets a request through, where login is asked for.
 *
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider-EnvoyExternalAuthorizationHttpProvider
 */
export const extensionProviders = (settings: Pick<Settings, "loginIssuer">) =>
  hasLogin(settings)
    ? [
        {
          name: proxy.name,
          envoyExtAuthzHttp: {
            service: proxyHost,
            port: proxy.port,
            includeRequestHeadersInCheck: ["accept", "cookie"],
            headersToDownstreamOnAllow: ["set-cookie"],
            headersToDownstreamOnDeny: ["content-type", "set-cookie"],
          },
        },
      ]
    : [];

/** URL to which the issuer sends who has logged in; to be registered there. */
export const callbackUrl = ({ domain, httpsPort }: Pick<Settings, "domain" | "httpsPort">): string =>
  `https://${publicHost(domain)}${httpsPort === 443 ? "" : `:${httpsPort}`}${ownFolder}callback`;

/** Path that answers 200 when the issuer is known. */
export const readyPath = `${ownFolder}ready`;

type LoginSettings = Pick<Settings, "domain" | "httpsPort" | "loginIssuer" | "loginClient">;

/** Arguments of oauth2-proxy; what it keeps secret comes by its environment. */
export const proxyArguments = (settings: LoginSettings): string[] => [
  "--provider=oidc",
  `--oidc-issuer-url=${settings.loginIssuer}`,
  `--client-id=${settings.loginClient}`,
  `--redirect-url=${callbackUrl(settings)}`,
  "--code-challenge-method=S256",
  "--email-domain=*",
  "--skip-provider-button=true",
  "--cookie-secure=true",
  "--cookie-samesite=lax",
  // a check is allowed by answering 200
  "--upstream=static://200",
  `--http-address=0.0.0.0:${proxy.port}`,
  // at their usual places, /ping and /ready, they would open these paths of the app to everyone
  `--ping-path=${ownFolder}ping`,
  `--ready-path=${readyPath}`,
];
