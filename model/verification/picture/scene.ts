import versions from "../../../versions.json";
import { choosePool } from "../../cluster/addressPool";
import { imageCaches } from "../../cluster/imageCache";
import { gateway } from "../../names";
import type { Settings } from "../../settings/contract";
import { noHeader, none } from "../../settings/forms";
import { subsetWeights } from "../../traffic/traffic";
import { appUrls } from "../../traffic/urls";

/** A running environment: its settings, and the addresses and the certificate that were observed. */
export interface Scene {
  readonly settings: Settings;
  readonly ingressIp: string;
  readonly nodes: readonly { readonly name: string; readonly address: string }[];
  /** Certificate that the ingress gateway presents. */
  readonly certificate: { readonly names: string; readonly issuer: string; readonly until: string };
  /** Time of the observation. */
  readonly at: Date;
}

/** A box of the picture. */
export interface Card {
  readonly title: string;
  readonly lines: readonly string[];
}

const linesIf = (condition: boolean, ...lines: readonly string[]): readonly string[] => (condition ? lines : []);

/** Title of the picture. */
export const title = ({ cluster, clusterName, kubeContext }: Settings): string =>
  `Istio environment ${cluster === "existing" ? kubeContext : clusterName}`;

/** Title of the cluster, with its network if Docker made one for it. */
export const clusterTitle = ({ cluster, clusterName, kubeContext, subnet }: Settings): string =>
  cluster === "existing" ? `Kubernetes cluster ${kubeContext}` : `k3d cluster ${clusterName}, network ${subnet}`;

/** Clients: every address of the app. */
export const clients = ({ settings, ingressIp }: Scene): Card => ({
  title: "clients",
  lines: appUrls(settings, ingressIp).flatMap(({ url, address, port }) => [url, `at ${address}:${port}`]),
});

/** The ingress gateway: its certificate, and what it requires of a request. */
export function ingress({ settings, ingressIp, certificate }: Scene): Card {
  const { cluster, tokens, loginIssuer } = settings;
  return {
    title: `ingress gateway ${ingressIp}`,
    lines: [
      `TLS for ${certificate.names}`,
      `signed by ${certificate.issuer}`,
      `until ${certificate.until}`,
      "HTTP is redirected to HTTPS",
      ...linesIf(cluster === "k3d", `nodePorts ${gateway.nodePorts.http} and ${gateway.nodePorts.https}`),
      ...linesIf(tokens, "requires a token"),
      ...linesIf(loginIssuer !== none, `browsers log in at ${loginIssuer}`),
    ],
  };
}

const image = (version: "v1" | "v2", { appSource, appImage }: Settings): string =>
  appSource === "folder" ? `built from app/${version}` : `image ${appImage.split("/").at(-1)}:${versions.app[version]}`;

/** The two versions, with the share of each and every way to version 2 beside the weight. */
export function subsets(settings: Settings): { readonly v1: Card; readonly v2: Card } {
  const { canaryHeader, canaryAffinity, mirrorPercent } = settings;
  return {
    v1: { title: "helloworld v1", lines: [image("v1", settings)] },
    v2: {
      title: "helloworld v2",
      lines: [
        image("v2", settings),
        ...linesIf(canaryHeader !== noHeader, `header ${canaryHeader} chooses the version`),
        ...linesIf(canaryAffinity > 0, `clients stay for ${canaryAffinity} s, by a cookie`),
        ...linesIf(mirrorPercent > 0, `and copies of ${mirrorPercent} % of the requests`),
      ],
    },
  };
}

/** Labels of the arrows to the versions. */
export function shares(settings: Settings, call: string): { readonly v1: string; readonly v2: string } {
  const { v1, v2 } = subsetWeights(settings.canaryWeight);
  return { v1: `${v1} %, ${call}`, v2: `${v2} %, ${call}` };
}

/** The nodes with their addresses. */
export const nodeCard = ({ nodes }: Scene): Card => ({
  title: "nodes",
  lines: nodes.map(({ name, address }) => `${name} ${address}`),
});

/** The parts of the cluster that no request passes. */
export function parts({ settings, ingressIp }: Scene): Card[] {
  const { loadBalancer, subnet, pool, istioVersion, nextIstioVersion, sidecarInjection } = settings;
  const { dataplane, waypoint, routing } = settings;
  const pages = (["prometheus", "grafana", "kiali"] as const).filter((page) => settings[page]);
  const caches = settings.cluster === "k3d" ? imageCaches(settings) : [];
  return [
    loadBalancer === "metallb"
      ? { title: "MetalLB, layer 2", lines: [`addresses ${choosePool(subnet, pool)}`] }
      : { title: "load balancer of the cluster", lines: [`address ${ingressIp}`] },
    {
      title: "Istio",
      lines: [
        `istiod ${istioVersion}`,
        ...linesIf(nextIstioVersion !== none, `beside it istiod ${nextIstioVersion}`),
        dataplane === "ambient" ? "ambient: ztunnel on each node" : `sidecar injection: ${sidecarInjection}`,
        ...linesIf(waypoint, "a waypoint for the calls of pods"),
        ...linesIf(routing === "gateway-api", "routes by the Gateway API"),
      ],
    },
    ...(pages.length > 0
      ? [{ title: "pages", lines: pages.map((page) => `https://${page}.${settings.domain}/`) }]
      : []),
    ...(caches.length > 0 ? [{ title: "image caches", lines: caches.map(({ host }) => host) }] : []),
  ];
}
