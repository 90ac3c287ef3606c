import versions from "../../versions.json";
import { parsePool, parseSubnet } from "../cluster/addressPool";
import { dockerCredentials, mirrors } from "../cluster/registries";
import { stages } from "../mesh/revisions";
import { minorOf, supportedIstio } from "../mesh/versions";
import { app, meshNamespace, metallbNamespace } from "../names";
import {
  caNumbers,
  dnsName,
  imageHub,
  imageName,
  k3dName,
  listed,
  nameList,
  noHeader,
  none,
  outsideCluster,
  pushTarget,
  release,
  requestHeader,
  semver,
  url,
} from "./forms";
import { choice, flag, number, secretText, text } from "./kinds";

const ourNamespaces: readonly string[] = [metallbNamespace, meshNamespace, app.namespace];
/** Word for a value that is worked out. */
export const auto = "auto";
const supportedRelease = (value: string): boolean => release(value) && Object.hasOwn(supportedIstio, minorOf(value));
const scopedModes = ["UNSET", "PERMISSIVE", "STRICT", "DISABLE"] as const;

/** Credentials of one chart repository, which no other server receives. */
const login = (repository: string) =>
  secretText({
    default: none,
    description: `User and password of ${repository}; a secret`,
    allowed: "none or USER:PASSWORD",
    accepts: (value) => value === none || /^[^\s:]+:\S+$/.test(value),
  });

/**
 * Every key of the stack's configuration.
 *
 * Pulumi.yaml and the reference in the documentation are held to this table by a test.
 */
export const keys = {
  cluster: choice(["k3d", "existing"], "k3d", "A new k3d cluster, or a cluster that you have"),
  kubeContext: text({
    default: none,
    description: "Context of your kubeconfig, for a cluster that you have",
    allowed: "none or the name of a context, without blanks and commas",
    accepts: (value) => nameList(value) && listed(value).length < 2,
  }),
  allowedContexts: text({
    default: none,
    description: "Contexts that kubeContext may name, so that no command changes another cluster by mistake",
    allowed: "none or names of contexts, separated by commas",
    accepts: nameList,
  }),
  existingNamespaces: text({
    default: none,
    description: "Namespaces that you have already: the program labels them, and destroy keeps them",
    allowed: `none or some of ${ourNamespaces.join(",")}`,
    accepts: (value) => nameList(value) && listed(value).every((name) => ourNamespaces.includes(name)),
  }),
  loadBalancer: choice(
    ["metallb", "off"],
    "metallb",
    "MetalLB assigns the address of the ingress gateway; off for a cluster that has a load balancer",
  ),
  clusterName: text({
    default: "istio",
    description: "Name of the k3d cluster; its containers and network are called k3d-<name>",
    allowed: "lower-case letters, digits and dashes, starting with a letter, at most 32 characters",
    accepts: k3dName,
  }),
  agents: number(0, 8, { default: 1, description: "Number of k3d agent nodes beside the one server" }),
  httpPort: number(1, 65535, { default: 80, description: "Port on 127.0.0.1 for plain HTTP, which redirects" }),
  httpsPort: number(1, 65535, { default: 443, description: "Port on 127.0.0.1 for HTTPS" }),
  subnet: text({
    default: "10.44.0.0/24",
    description: "Subnet of the cluster's Docker network, private IPv4 in CIDR form",
    allowed: "a private IPv4 network from /16 to /27 in CIDR form, such as 10.44.0.0/24",
    accepts: (value) => parseSubnet(value) !== undefined,
  }),
  pool: text({
    default: auto,
    description: "Addresses of MetalLB, FIRST-LAST inside the subnet; auto for the last 16 addresses of the subnet",
    allowed: "auto or an IPv4 range FIRST-LAST, such as 10.44.0.240-10.44.0.254",
    accepts: (value) => value === auto || parsePool(value) !== undefined,
  }),
  registry: flag({ default: true, description: "Image registry beside the cluster" }),
  imageCache: flag({
    default: false,
    description:
      "Image caches on this machine through which nodes pull; they survive destroy and serve every environment",
  }),
  registryMirrors: text({
    default: none,
    description: "Mirrors from which the nodes pull the images of a registry",
    allowed: "none or HOST=URL, separated by commas, such as docker.io=https://mirror.example.com",
    accepts: (value) => mirrors(value) !== undefined,
  }),
  nodeProxy: text({
    default: none,
    description: "Proxy through which the nodes pull images",
    allowed: "none or an http or https URL without credentials, such as http://proxy.example.com:3128",
    accepts: (value) => value === none || url("http:", "https:")(value),
  }),
  nodeNoProxy: text({
    default: none,
    description: "Hosts that the nodes reach without nodeProxy, in addition to the cluster's own",
    allowed: "none or names, addresses and networks, separated by commas, such as .example.com,10.9.0.0/16",
    accepts: (value) => nameList(value) && listed(value).every((host) => /^[\w.:/*-]+$/.test(host)),
  }),
  nodeCaFile: text({
    default: none,
    description: "PEM file with CAs that the nodes trust in addition to the public ones, such as your company's",
    allowed: "none or an absolute path on this machine without blanks and colons, such as /etc/ssl/company-ca.pem",
    accepts: (value) => value === none || /^\/[^\s:,]+$/.test(value),
  }),
  pullSecret: secretText({
    default: none,
    description: "Credentials with which pods pull, as the text of a Docker config.json; a secret",
    allowed: 'none or JSON such as {"auths":{"ghcr.io":{"auth":"dXNlcjpwYXNz"}}}',
    accepts: dockerCredentials,
  }),
  metallbChartAuth: login("metallbChartRepository"),
  istioChartAuth: login("istioChartRepository"),
  domain: text({
    default: "istio.localhost",
    description: "Domain of the wildcard certificate; the app answers at helloworld.<domain>",
    allowed:
      "a lower-case DNS name of at least two labels that does not end in svc or cluster.local, such as istio.localhost",
    accepts: (value) => dnsName(value) && outsideCluster(value),
  }),
  k3sVersion: text({
    default: versions.k3s,
    description: "Tag of the rancher/k3s image, which decides the Kubernetes version",
    allowed: `an exact k3s tag, such as ${versions.k3s}`,
    accepts: (value) => /^v1\.\d{1,3}\.\d{1,3}-k3s\d{1,2}$/.test(value),
  }),
  metallbVersion: text({
    default: versions.metallb,
    description: "Version of the MetalLB chart",
    allowed: `an exact version of ${versions.supported.metallb.join(" or ")}, such as ${versions.metallb}`,
    accepts: (value) => semver(value) && versions.supported.metallb.includes(minorOf(value)),
  }),
  istioVersion: text({
    default: versions.istio,
    description: "Version of the Istio charts and images",
    allowed: `an exact version of ${Object.keys(supportedIstio).join(" or ")}, such as ${versions.istio}`,
    accepts: supportedRelease,
  }),
  nextIstioVersion: text({
    default: none,
    description: "Version of a second control plane beside the first one, for an upgrade without lost requests",
    allowed: `none or an exact version of ${Object.keys(supportedIstio).join(" or ")}, such as ${versions.istio}`,
    accepts: (value) => value === none || supportedRelease(value),
  }),
  nextIstioStage: choice(
    stages,
    "istiod",
    "Stage of the upgrade to nextIstioVersion: CRDs, control plane, gateway, app, default; each includes those before it",
  ),
  metallbChartRepository: text({
    default: "https://metallb.github.io/metallb",
    description: "Helm repository of the MetalLB chart",
    allowed: "an http, https or oci URL without credentials, such as https://charts.example.com/istio",
    accepts: url("http:", "https:", "oci:"),
  }),
  istioChartRepository: text({
    default: "https://blob.istio.io/istio-release/charts",
    description: "Helm repository of the charts base, istiod and gateway",
    allowed: "an http, https or oci URL without credentials, such as https://charts.example.com/istio",
    accepts: url("http:", "https:", "oci:"),
  }),
  istioHub: text({
    default: "docker.io/istio",
    description: "Registry and path of Istio's images pilot and proxyv2",
    allowed: "a registry and path without tag, such as docker.io/istio",
    accepts: imageHub,
  }),
  telemetry: flag({
    default: true,
    description: "Istio's metrics of the proxies; false for a proxy without Istio's own filters",
  }),
  appImage: text({
    default: "us-docker.pkg.dev/google-samples/containers/gke/hello-app",
    description: `Image of helloworld without tag; v1 runs ${versions.app.v1} and v2 runs ${versions.app.v2}`,
    allowed: "an image name without tag, such as localhost:5000/hello-app",
    accepts: imageName,
  }),
  appSource: choice(
    ["published", "folder"],
    "published",
    "Source of the app's images: published ones, or built from the folders app/v1 and app/v2",
  ),
  appRegistry: text({
    default: auto,
    description:
      "Registry and path to which built images are pushed and from which nodes pull; auto for the registry beside the cluster",
    allowed: "auto or a registry and path without tag, such as ghcr.io/me",
    accepts: (value) => value === auto || pushTarget(value),
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
  canaryWeight: number(0, 100, {
    default: 10,
    description: "Percent of the requests that the gateway routes to subset v2",
  }),
  canaryHeader: text({
    default: noHeader,
    description: "Request header that overrides the weight: always selects v2, never selects v1",
    allowed: "off or a lower-case header name that starts with x- and is not the proxies' own, such as x-canary",
    accepts: (value) => value === noHeader || requestHeader(value),
  }),
  canaryAffinity: number(0, 86400, {
    default: 0,
    description: "Seconds for which a client that reached v2 stays there, by a cookie; 0 routes each request by weight",
  }),
  mirrorPercent: number(0, 100, {
    default: 0,
    description: "Percent of the requests that the gateway mirrors to v2; it discards the responses",
  }),
  tokens: flag({
    default: false,
    description: "Tokens (JWT) at the ingress gateway: true requires one; npm run token issues one",
  }),
  loginIssuer: text({
    default: none,
    description: "OpenID Connect issuer at which browsers without a token log in; requires tokens",
    allowed: "none or an http or https URL that this machine and the pods reach, such as https://login.example.com",
    accepts: (value) => value === none || url("http:", "https:")(value),
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
  prometheus: flag({
    default: false,
    description: "Prometheus with six hours of the proxies' metrics, at prometheus.<domain>",
  }),
  grafana: flag({
    default: false,
    description: "Grafana with the canary's metrics, at grafana.<domain>; requires prometheus",
  }),
  kiali: flag({
    default: false,
    description: "Kiali with the graph of calls and Istio's resources, at kiali.<domain>; requires prometheus",
  }),
};

export type KeyName = keyof typeof keys;
/** The stack's configuration, checked: every key present, with its type. */
export type Settings = { readonly [K in KeyName]: (typeof keys)[K]["default"] };

/** Outputs of the stack with their descriptions. Commands and program share these names and those of the keys, and nothing else. */
export const outputs = {
  urls: "every address of the app: URL, address, port, and from where it is reachable; the one that works from this host first",
  curl: "curl command for the first of urls",
  ingressIp: "address of the ingress gateway, from MetalLB's pool or from the cluster's load balancer",
  caPem:
    "certificates of the CAs for clients; `npm start` writes them to ca.pem, or to ca-STACK.pem for another stack than dev",
  kubeconfig: "kubeconfig of the administrator, empty for a cluster that you have; a secret",
  canaryWeight: "configured percent of the requests for subset v2",
  mtlsMode: "configured mode of the mesh",
  mtls: "effective mTLS mode of the app's port, its other ports, its namespace and the mesh, and the scope that sets it",
  tokenKey: "key that signs tokens, empty without tokens; a secret",
} as const;
export type OutputName = keyof typeof outputs;
