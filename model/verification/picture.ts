import versions from "../../versions.json";
import { choosePool } from "../cluster/addressPool";
import { app, gateway, publicHost } from "../names";
import { element, type Markup, svg } from "../output/markup";
import { calls, targets } from "../security/mtls";
import type { Settings } from "../settings/contract";
import { weights } from "../traffic/traffic";
import { reachable } from "../traffic/urls";

/** A running environment: its settings, and the addresses and the certificate that were observed. */
export interface Scene {
  readonly settings: Settings;
  readonly ingressIp: string;
  readonly nodes: readonly { readonly name: string; readonly address: string }[];
  /** Certificate that the ingress gateway presents. */
  readonly certificate: { readonly names: string; readonly issuer: string; readonly until: string };
}

const [width, line] = [960, 18];
const blue = "#0b61a4";
const colours = { mTLS: "#2e8b57", plain: "#b8860b", reset: "#c0392b" } as const;

const text = (x: number, y: number, words: string, style: Readonly<Record<string, string | number>> = {}): Markup =>
  element("text", { x, y, ...style }, words);

function box(x: number, y: number, w: number, title: string, lines: readonly string[], fill = "#ffffff"): Markup[] {
  const height = 30 + lines.length * line;
  return [
    element("rect", { x, y, width: w, height, rx: 6, fill, stroke: "#5b6b7b" }),
    text(x + 10, y + 20, title, { "font-weight": "bold" }),
    ...lines.map((words, i) => text(x + 10, y + 40 + i * line, words)),
  ];
}

/** A horizontal arrow with its label above. */
const arrow = (x1: number, x2: number, y: number, label: string): Markup[] => [
  element("line", { x1, y1: y, x2, y2: y, stroke: blue, "stroke-width": 2, "marker-end": "url(#head)" }),
  text(x1 + 8, y - 8, label, { fill: blue }),
];

const arrowHead = element(
  "defs",
  {},
  element(
    "marker",
    { id: "head", markerWidth: 8, markerHeight: 8, refX: 7, refY: 4, orient: "auto" },
    element("path", { d: "M0,0 L8,4 L0,8 z", fill: blue }),
  ),
);

/** The result of a call from each kind of caller to each target, as the rows of a table. */
function callMatrix(settings: Settings, top: number): Markup[] {
  const rows = calls(settings);
  const columns = [30, 240, 410, 580, 750];
  const heads = ["a call to", "mode", ...(rows[0]?.calls.map(({ caller }) => `from ${caller}`) ?? [])];
  const x = (column: number) => columns[column] ?? 0;
  return [
    ...heads.map((head, i) => text(x(i), top, head, { "font-weight": "bold", "font-size": 12 })),
    ...rows.flatMap(({ target, mode, scope, calls }, i) => {
      const y = top + (i + 1) * 22;
      return [
        text(x(0), y, targets[target]),
        text(x(1), y, `${mode} by ${scope}`),
        ...calls.map(({ call }, j) => text(x(j + 2), y, call, { fill: colours[call] })),
      ];
    }),
  ];
}

/** Draws an environment as SVG. Addresses, nodes and the certificate are observed; weights and calls are configured. */
export function environmentSvg({ settings, ingressIp, nodes, certificate }: Scene): string {
  const { domain, canaryWeight, cluster, clusterName, kubeContext, subnet, pool, loadBalancer } = settings;
  const share = weights(canaryWeight);
  const urls = reachable(settings, ingressIp).flatMap(({ url, address, port }) => [url, `  at ${address}:${port}`]);
  const name = cluster === "existing" ? `cluster ${kubeContext}` : `k3d cluster ${clusterName}`;
  const metallb = loadBalancer === "metallb";
  const matrixTop = 330 + Math.max(0, nodes.length - 3) * line;
  const height = matrixTop + 160;
  const clusterLines = Array<string>(13 + Math.max(0, nodes.length - 3)).fill("");
  const gatewayLines = [
    certificate.names,
    `signed by ${certificate.issuer}`,
    `until ${certificate.until}`,
    ...(cluster === "k3d" ? [`nodePorts ${gateway.nodePorts.http}, ${gateway.nodePorts.https}`] : []),
  ];
  const nodeLines = nodes.map(({ name, address }) => `${name}  ${address}`);
  const caption = `host ${publicHost(domain)}; addresses, nodes and certificate as observed, weights and calls as configured`;
  return svg(
    width,
    height,
    arrowHead,
    element("rect", { width, height, fill: "#f7f9fb" }),
    ...box(20, 50, 270, "clients", urls),
    ...box(320, 20, 620, `${name}, network ${subnet}`, clusterLines, "#e8eef4"),
    ...box(340, 50, 260, `ingress gateway ${ingressIp}`, gatewayLines),
    ...arrow(290, 338, 90, ""),
    ...box(700, 50, 220, `${app.name} v1`, [`subset v1, image ${versions.app.v1}`]),
    ...box(700, 120, 220, `${app.name} v2`, [`subset v2, image ${versions.app.v2}`]),
    ...arrow(600, 698, 75, `${share.v1} %`),
    ...arrow(600, 698, 145, `${share.v2} %`),
    ...box(340, 190, 260, "nodes", nodeLines),
    ...box(640, 190, 280, metallb ? "MetalLB, layer 2" : "load balancer of the cluster", [
      metallb ? `pool ${choosePool(subnet, pool)}` : ingressIp,
    ]),
    ...callMatrix(settings, matrixTop),
    text(30, height - 14, caption, { fill: "#555555", "font-size": 11 }),
  );
}
