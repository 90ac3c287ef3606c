import { app } from "../../names";
import { caNumbers, dnsName, none, outsideCluster, urlForContainers } from "../forms";
import { choice, flag, number, secretText, text } from "../kinds";

const scopedModes = ["UNSET", "PERMISSIVE", "STRICT", "DISABLE"] as const;

/** Keys of certificates, mutual TLS, tokens and the login. */
export const securityKeys = {
  domain: text({
    default: "istio.localhost",
    description: "Domain of the wildcard certificate; the app answers at helloworld.<domain>",
    allowed:
      "a lower-case DNS name of at least two labels that does not end in svc or cluster.local, such as istio.localhost",
    accepts: (value) => dnsName(value) && outsideCluster(value),
  }),
  trustedCas: text({
    default: "1",
    description: "Numbers of the CAs in ca.pem; two while you give clients the next CA",
    allowed: "one to three numbers from 1 to 99 in order, separated by commas, such as 1,2",
    accepts: (value) => caNumbers(value) !== undefined,
  }),
  signingCa: number(1, 99, { default: 1, description: "Number of the CA that signs the certificate" }),
  keyAlgorithm: choice(["ECDSA", "RSA"], "ECDSA", "Keys of the CA and the certificate: ECDSA P-256 or RSA 2048"),
  certificateDays: number(7, 825, {
    default: 90,
    description: "Lifetime of the wildcard certificate in days; an up in its last third renews it",
  }),
  sidecarInjection: choice(
    ["namespace", "deployment", "off"],
    "namespace",
    "Label that adds sidecars to the app: the namespace's, each Deployment's, or none",
  ),
  mtlsMode: choice(["PERMISSIVE", "STRICT", "DISABLE"], "PERMISSIVE", "Mode of the mesh-wide PeerAuthentication"),
  mtlsNamespaceMode: choice(scopedModes, "UNSET", "Mode of the app's namespace; UNSET leaves it to the mesh"),
  mtlsWorkloadMode: choice(scopedModes, "UNSET", "Mode of helloworld's pods; UNSET leaves it to the namespace"),
  mtlsPortMode: choice(scopedModes, "UNSET", "Mode of helloworld's port mtlsPort; UNSET leaves it to the pods"),
  mtlsPort: {
    ...number(1, 65535, { default: app.containerPort, description: "Container port to which mtlsPortMode applies" }),
    allowed: `a container port of ${app.name}, ${app.containerPort}; the Service's port ${app.port} has no effect here`,
    accepts: (port: number) => port === app.containerPort,
  },
  tokens: flag({
    default: false,
    description: "Tokens (JWT) at the ingress gateway: true requires one; npm run token issues one",
  }),
  loginIssuer: text({
    default: none,
    description: "OpenID Connect issuer at which browsers without a token log in; requires tokens",
    allowed:
      "none or an http or https URL that this machine and the pods reach, so not localhost, such as https://login.example.com",
    accepts: (value) => value === none || urlForContainers("http:", "https:")(value),
  }),
  loginClient: text({
    default: none,
    description: "Client ID of the environment at loginIssuer",
    allowed: "none or letters, digits and the signs . _ ~ : / @ -",
    accepts: (value) => /^[\w.~:/@-]{1,255}$/.test(value),
  }),
  loginClientSecret: secretText({
    default: none,
    description: "Client secret of loginClient; a secret",
    allowed: "none or text without blanks",
    accepts: (value) => /^\S{1,1024}$/.test(value),
  }),
};
