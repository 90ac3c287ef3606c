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
  cluster: choice(["k3d", "existing"], "k3d", "A k3d cluster of the environment's own, or one that you have"),
  kubeContext: text({
    default: none,
    description: "Context of your kubeconfig, for a cluster that you have",
    allowed: "none or the name of a context, without blanks and commas",
    accepts: (value) => nameList(value) && listed(value).length < 2,
  }),
  allowedContexts: text({
    default: none,
    description: "Contexts that kubeContext may be, so that no other cluster is touched by mistake",
    allowed: "none or names of contexts, separated by commas",
    accepts: nameList,
  }),
  existingNamespaces: text({
    default: none,
    description: "Namespaces that are yours already: they are labelled, and stay when the environment goes",
    allowed: `none or some of ${ourNamespaces.join(",")}`,
    accepts: (value) => nameList(value) && listed(value).every((name) => ourNamespaces.includes(name)),
  }),
  loadBalancer: choice(
    ["metallb", "off"],
    "metallb",
    "Whether MetalLB gives the ingress gateway its address; off where the cluster has a load balancer of its own",
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
    description: "MetalLB's addresses, FIRST-LAST inside the subnet; auto takes the last 16 that are free",
    allowed: "auto or an IPv4 range FIRST-LAST, such as 10.44.0.240-10.44.0.254",
    accepts: (value) => value === auto || parsePool(value) !== undefined,
  }),
  registry: flag({ default: true, description: "Whether an image registry runs beside the cluster" }),
  imageCache: flag({
    default: false,
    description: "Whether nodes pull through caches on this machine, which survive destroy and serve every environment",
  }),
  registryMirrors: text({
    default: none,
    description: "Mirrors from which the cluster's nodes pull instead of the registries that they stand for",
    allowed: "none or HOST=URL, separated by commas, such as docker.io=https://mirror.example.com",
    accepts: (value) => mirrors(value) !== undefined,
  }),
  nodeProxy: text({
    default: none,
    description: "Proxy by which the cluster's nodes pull images",
    allowed: "none or an http or https URL without credentials, such as http://proxy.example.com:3128",
    accepts: (value) => value === none || url("http:", "https:")(value),
  }),
  nodeNoProxy: text({
    default: none,
    description: "Hosts that nodes reach without nodeProxy, beside the cluster's own",
    allowed: "none or names, addresses and networks, separated by commas, such as .example.com,10.9.0.0/16",
    accepts: (value) => nameList(value) && listed(value).every((host) => /^[\w.:/*-]+$/.test(host)),
  }),
  nodeCaFile: text({
    default: none,
    description: "File with the CAs that the nodes trust beside the public ones: your company's, as PEM",
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
    "How much of the environment uses nextIstioVersion, each with all before it: CRDs, control plane, gateway, app, default",
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
    description: "Whether the proxies report Istio's metrics; false for a proxy without Istio's own filters",
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
    "Where the app's images come from: published ones, or built from the folders app/v1 and app/v2",
  ),
  appRegistry: text({
    default: auto,
    description: "Registry and path that built images go to and nodes pull from; auto is the one beside the cluster",
    allowed: "auto or a registry and path without tag, such as ghcr.io/me",
    accepts: (value) => value === auto || pushTarget(value),
  }),
  trustedCas: text({
    default: "1",
    description: "Numbers of the CAs that ca.pem holds; two while clients learn to trust the next one",
    allowed: "one to three numbers from 1 to 99 in order, separated by commas, such as 1,2",
    accepts: (value) => caNumbers(value) !== undefined,
  }),
  signingCa: number(1, 99, { default: 1, description: "Number of the CA that signs the certificate" }),
  keyAlgorithm: choice(["ECDSA", "RSA"], "ECDSA", "Keys of the CA and the certificate: ECDSA P-256 or RSA 2048"),
  certificateDays: number(7, 825, {
    default: 90,
    description: "Days the wildcard certificate is valid; renewed by an up in its last third",
  }),
  sidecarInjection: choice(
    ["namespace", "deployment", "off"],
    "namespace",
    "How the app gets its sidecars: by the namespace's label, by each Deployment's label, or not at all",
  ),
  mtlsMode: choice(["PERMISSIVE", "STRICT", "DISABLE"], "PERMISSIVE", "Mode of the mesh-wide PeerAuthentication"),
  mtlsNamespaceMode: choice(scopedModes, "UNSET", "Mode of the app's namespace; UNSET leaves it to the mesh"),
  mtlsWorkloadMode: choice(scopedModes, "UNSET", "Mode of helloworld's pods; UNSET leaves it to the namespace"),
  mtlsPortMode: choice(
    scopedModes,
    "UNSET",
    "Mode of the one port mtlsPort of helloworld; UNSET leaves it to the pods",
  ),
  mtlsPort: {
    ...number(1, 65535, { default: app.containerPort, description: "Container port that mtlsPortMode is for" }),
    allowed: `a container port of ${app.name}, ${app.containerPort}; the Service's port ${app.port} has no effect here`,
    accepts: (port: number) => port === app.containerPort,
  },
  canaryWeight: number(0, 100, { default: 10, description: "Percent of requests that subset v2 gets" }),
  canaryHeader: text({
    default: noHeader,
    description: "Request header that chooses instead of the weight: always goes to v2, never to v1",
    allowed: "off or a lower-case header name that starts with x- and is not the proxies' own, such as x-canary",
    accepts: (value) => value === noHeader || requestHeader(value),
  }),
  canaryAffinity: number(0, 86400, {
    default: 0,
    description: "Seconds for which a client that got v2 stays with it, by a cookie; 0 draws each request anew",
  }),
  mirrorPercent: number(0, 100, {
    default: 0,
    description: "Percent of requests of which v2 gets a copy whose answer nobody sees",
  }),
  tokens: flag({
    default: false,
    description: "Whether the ingress gateway asks for a token (JWT); npm run token issues one",
  }),
  loginIssuer: text({
    default: none,
    description: "OpenID Connect issuer that browsers without a token are sent to, to log in; needs tokens",
    allowed: "none or an http or https URL that this machine and the pods reach, such as https://login.example.com",
    accepts: (value) => value === none || url("http:", "https:")(value),
  }),
  loginClient: text({
    default: none,
    description: "Client ID that loginIssuer knows the environment by",
    allowed: "none or letters, digits and the signs . _ ~ : / @ -",
    accepts: (value) => /^[\w.~:/@-]{1,255}$/.test(value),
  }),
  loginClientSecret: secretText({
    default: none,
    description: "Client secret that goes with loginClient; a secret",
    allowed: "none or text without blanks",
    accepts: (value) => /^\S{1,1024}$/.test(value),
  }),
  prometheus: flag({
    default: false,
    description: "Whether a Prometheus keeps six hours of the proxies' metrics, at prometheus.<domain>",
  }),
  grafana: flag({
    default: false,
    description: "Whether a Grafana shows the canary's metrics, at grafana.<domain>; needs prometheus",
  }),
  kiali: flag({
    default: false,
    description: "Whether a Kiali shows who calls whom and by which configuration, at kiali.<domain>; needs prometheus",
  }),
};

export type KeyName = keyof typeof keys;
/** The stack's configuration, checked: every key present, with its type. */
export type Settings = { readonly [K in KeyName]: (typeof keys)[K]["default"] };

/** The stack's outputs, the only place where driver and program meet beside the keys, and what each is. */
export const outputs = {
  urls: "every way to the app: URL, address, port, from where it works; the one that works from this host first",
  curl: "a curl line for the first of them",
  ingressIp: "the ingress gateway's address from MetalLB's pool, or from the load balancer that the cluster has",
  caPem:
    "the certificates of the CAs, for clients to trust; `npm start` writes them to ca.pem, ca-STACK.pem for another stack than dev",
  kubeconfig: "for an administrator, empty for a cluster that you have; secret",
  canaryWeight: "percent of requests that subset v2 gets, as configured",
  mtlsMode: "mode of the mesh, as configured",
  mtls: "the mode that holds for the app's port, its other ports, its namespace and the mesh, and which scope decided it",
  tokenKey: "the key that signs tokens, empty while none are asked for; secret",
} as const;
export type OutputName = keyof typeof outputs;
