import versions from "../../versions.json";
import { choosePool } from "../cluster/addressPool";
import { app, gateway, publicHost } from "../names";
import { calls, targets } from "../security/mtls";
import type { Settings } from "../settings/contract";
import { weights } from "../traffic/traffic";
import { reachable } from "../traffic/urls";

/** A running environment: what was found, and the settings that it was made from. */
export interface Scene {
  readonly settings: Settings;
  readonly ingressIp: string;
  readonly nodes: readonly { readonly name: string; readonly address: string }[];
  /** The certificate that the ingress gateway shows. */
  readonly certificate: { readonly names: string; readonly issuer: string; readonly until: string };
}

const [width, line] = [960, 18];

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const plain = (text: string): string => text.replace(/[&<>]/g, (character) => escapes[character] ?? "");
const text = (x: number, y: number, words: string, look = ""): string =>
  `  <text x="${x}" y="${y}" ${look}>${plain(words)}</text>`;

function box(x: number, y: number, w: number, title: string, lines: readonly string[], fill = "#ffffff"): string[] {
  const h = 30 + lines.length * line;
  return [
    `  <rect x="${x}" y="${y}" width="${w}" height="${h}" rx="6" fill="${fill}" stroke="#5b6b7b"/>`,
    text(x + 10, y + 20, title, 'font-weight="bold"'),
    ...lines.map((words, i) => text(x + 10, y + 40 + i * line, words)),
  ];
}

const arrow = (x1: number, y1: number, x2: number, y2: number, words: string): string[] => [
  `  <line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#0b61a4" stroke-width="2" marker-end="url(#head)"/>`,
  text(Math.min(x1, x2) + 8, Math.min(y1, y2) + Math.abs(y2 - y1) / 2 - 8, words, 'fill="#0b61a4"'),
];

const colours = { mTLS: "#2e8b57", plain: "#b8860b", reset: "#c0392b" } as const;

/** Who may talk to whom, as the rows of a table. */
function matrix(settings: Settings, top: number): string[] {
  const rows = calls(settings);
  const columns = [30, 240, 410, 580, 750];
  const heads = ["a call to", "mode", ...(rows[0]?.calls.map(({ caller }) => `from ${caller}`) ?? [])];
  const at = (column: number) => columns[column] ?? 0;
  return [
    ...heads.map((head, i) => text(at(i), top, head, 'font-weight="bold" font-size="12"')),
    ...rows.flatMap(({ target, mode, scope, calls }, i) => {
      const y = top + (i + 1) * 22;
      return [
        text(at(0), y, targets[target]),
        text(at(1), y, `${mode} by ${scope}`),
        ...calls.map(({ call }, j) => text(at(j + 2), y, call, `fill="${colours[call]}"`)),
      ];
    }),
  ];
}

/** The environment as a picture that a browser opens: addresses, nodes and certificate as found, shares and calls as configured. */
export function environmentSvg({ settings, ingressIp, nodes, certificate }: Scene): string {
  const { domain, canaryWeight, cluster, clusterName, kubeContext, subnet, pool, loadBalancer } = settings;
  const share = weights(canaryWeight);
  const urls = reachable(settings, ingressIp).map(({ url, address, port }) => [url, `  at ${address}:${port}`]);
  const name = cluster === "existing" ? `cluster ${kubeContext}` : `k3d cluster ${clusterName}`;
  const below = 330 + Math.max(0, nodes.length - 3) * line;
  const height = below + 160;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    '  <defs><marker id="head" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#0b61a4"/></marker></defs>',
    `  <rect width="${width}" height="${height}" fill="#f7f9fb"/>`,
    ...box(20, 50, 270, "clients", urls.flat()),
    ...box(320, 20, 620, `${name}, network ${subnet}`, Array(13 + Math.max(0, nodes.length - 3)).fill(""), "#e8eef4"),
    ...box(340, 50, 260, `ingress gateway ${ingressIp}`, [
      certificate.names,
      `signed by ${certificate.issuer}`,
      `until ${certificate.until}`,
      ...(cluster === "k3d" ? [`nodePorts ${gateway.nodePorts.http}, ${gateway.nodePorts.https}`] : []),
    ]),
    ...arrow(290, 90, 338, 90, ""),
    ...box(700, 50, 220, `${app.name} v1`, [`subset v1, image ${versions.app.v1}`]),
    ...box(700, 120, 220, `${app.name} v2`, [`subset v2, image ${versions.app.v2}`]),
    ...arrow(600, 75, 698, 75, `${share.v1} %`),
    ...arrow(600, 145, 698, 145, `${share.v2} %`),
    ...box(
      340,
      190,
      260,
      "nodes",
      nodes.map(({ name, address }) => `${name}  ${address}`),
    ),
    ...box(640, 190, 280, loadBalancer === "metallb" ? "MetalLB, layer 2" : "load balancer of the cluster", [
      loadBalancer === "metallb" ? `pool ${choosePool(subnet, pool)}` : ingressIp,
    ]),
    ...matrix(settings, below),
    text(
      30,
      height - 14,
      `host ${publicHost(domain)}; addresses, nodes and certificate as found, shares and calls as configured`,
      'fill="#555555" font-size="11"',
    ),
    "</svg>",
    "",
  ].join("\n");
}
