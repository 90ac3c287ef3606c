import { pageStyles } from "../canary/chart/styles";
import { percent, utc } from "../canary/chart/text";
import { interval } from "../canary/share";
import { escapeMarkup, tableRow } from "../output/markup";
import { callers } from "../security/mtls";
import type { Part, Traffic, View } from "./state";

type Cell = readonly [name: string, value: string];

function table(caption: string, rows: readonly (readonly Cell[])[]): string {
  const heads = rows[0]?.map(([name]) => `<th scope="col">${escapeMarkup(name)}</th>`) ?? [];
  return `<table><caption>${escapeMarkup(caption)}</caption><thead><tr>${heads.join("")}</tr></thead><tbody>${rows.map(tableRow).join("")}</tbody></table>`;
}

const paragraph = (text: string, kind = ""): string => `<p${kind && ` class="${kind}"`}>${escapeMarkup(text)}</p>`;

function section<Value>(title: string, part: Part<Value>, show: (value: Value) => string): string {
  const body = "value" in part ? show(part.value) : paragraph(`? unknown: ${part.unknown}`, "unread");
  return `<section><h2>${escapeMarkup(title)}</h2>${body}</section>`;
}

function trafficTable({ seconds, requests, failures }: Traffic): string {
  const total = requests.v1 + requests.v2;
  const during = `the last ${Math.round(seconds)} s`;
  if (total === 0) return paragraph(`The ingress gateway routed no request in ${during}.`);
  const [low, high] = interval(requests.v2, total).map((bound) => percent(bound));
  return table(
    `Requests that the ingress gateway routed in ${during}; the share of version 2 lies between ${low} and ${high} (95 % confidence)`,
    (["v1", "v2"] as const).map((subset) => [
      ["version", subset],
      ["requests", String(requests[subset])],
      ["share", percent(requests[subset] / total)],
      ["5xx or no complete response", String(failures[subset])],
    ]),
  );
}

/** Contents of the page, which it replaces every few seconds. */
export function viewContents(view: View): string {
  const { stack, at, addresses } = view;
  return [
    `<header><h1>${escapeMarkup(`Environment ${stack}`)}</h1>`,
    paragraph(`Read at ${utc(at)}. ${addresses.join(", ")}`),
    "</header>",
    section("Weights", view.weights, ({ configured, routed }) =>
      paragraph(
        routed === configured
          ? `The VirtualService routes ${routed} % to version 2, as configured.`
          : `! The VirtualService routes ${routed} % to version 2. The configuration says ${configured} %.`,
      ),
    ),
    section("Traffic", view.traffic, trafficTable),
    section("Mutual TLS", view.mtls, (rows) =>
      table(
        "Outcome of a call by caller, under the PeerAuthentications in the cluster",
        rows.map(({ target, mode, scope, calls }) => [
          ["call to", target],
          ["mode", `${mode} (${scope})`],
          ...callers.map((caller): Cell => [`from ${caller}`, calls[caller]]),
        ]),
      ),
    ),
    section("Certificate", view.certificate, ({ names, issuer, until }) =>
      paragraph(`${names}, signed by ${issuer}, valid until ${until}`),
    ),
    section("Rollout", view.rollout, ({ text, picture }) =>
      [
        `<pre>${text.split("\n").map(escapeMarkup).join("\n")}</pre>`,
        picture ? `<div class="chart">${picture}</div>` : "",
      ].join(""),
    ),
    section("Mesh test", view.trial, (trial) =>
      paragraph(
        trial === undefined
          ? "There is no report. npm run try -- FOLDER writes one."
          : `${trial.failed + trial.unknown === 0 ? "✓" : "✗"} ${trial.folder}: ${trial.passed} passed, ${trial.failed} failed, ${trial.unknown} unknown (${trial.at})`,
      ),
    ),
    section("Pods", view.pods, (rows) =>
      table(
        "Pods of the app, the mesh and the load balancer",
        rows.map(({ namespace, name, ready, status, healthy, restarts }) => [
          ["pod", `${namespace}/${name}`],
          ["ready", ready],
          ["status", `${healthy ? "✓" : "✗"} ${status}`],
          ["restarts", String(restarts)],
        ]),
      ),
    ),
  ].join("\n");
}

const styles = [
  pageStyles,
  "caption{text-align:left;padding:4px 0}h2{font-size:1.15rem;margin:1.5rem 0 .25rem}pre{overflow-x:auto;white-space:pre-wrap}",
  ".unread{border-left:4px solid var(--undecided);padding-left:8px}#stale{border:2px solid var(--failed);padding:8px;font-weight:600}[hidden]{display:none}",
].join("");

const script = `
const main = document.querySelector("main"), stale = document.querySelector("#stale");
async function refresh() {
  try {
    const response = await fetch("contents", { cache: "no-store", signal: AbortSignal.timeout(20000) });
    if (!response.ok) throw new Error(String(response.status));
    main.innerHTML = await response.text();
    stale.hidden = true;
  } catch {
    stale.hidden = false;
  }
  setTimeout(refresh, 2000);
}
refresh();
`;

/**
 * The page around the contents. It loads nothing from elsewhere.
 *
 * @param nonce - value that the Content-Security-Policy names for its one script
 */
export const viewPage = (stack: string, nonce: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeMarkup(`Environment ${stack}`)}</title><style>${styles}</style></head><body>
<p id="stale" hidden>This page is out of date: npm run view has ended or does not respond.</p>
<main><p>Reading the environment …</p></main>
<script nonce="${nonce}">${script}</script></body></html>
`;
