import { wilsonInterval } from "../canary/share";
import { element, type Markup } from "../output/markup";
import { type Cell, figure, htmlTable, paragraph } from "../output/page";
import { percent, utcText } from "../output/text";
import { outcomes } from "../verification/picture/matrix";
import type {
  MtlsRow,
  PodRow,
  ProgressPart,
  TrafficShares,
  TrialPart,
  TrialsPart,
  View,
  ViewPart,
  Weights,
} from "./state";

function section<Value>(heading: string, part: ViewPart<Value>, show: (value: Value) => readonly Markup[]): Markup {
  const body = "value" in part ? show(part.value) : [paragraph(`? unknown: ${part.unknown}`, "unread")];
  return element("section", {}, element("h2", {}, heading), ...body);
}

function trafficTable({ seconds, requests, failures }: TrafficShares): Markup {
  const total = requests.v1 + requests.v2;
  const during = `the last ${Math.round(seconds)} s`;
  if (total === 0) return paragraph(`The ingress gateway routed no request in ${during}.`);
  const [low, high] = wilsonInterval(requests.v2, total).map((bound) => percent(bound));
  return htmlTable(
    (["v1", "v2"] as const).map((subset) => [
      ["version", subset],
      ["requests", String(requests[subset])],
      ["share", percent(requests[subset] / total)],
      ["5xx or no complete response", String(failures[subset])],
    ]),
    `Requests that the ingress gateway routed in ${during}; the share of version 2 lies between ${low} and ${high} (95 % confidence)`,
  );
}

function weightsText({ configured, routed }: Weights, rollout: View["rollout"]): string {
  if (routed === configured) return `The route gives ${routed} % to version 2, as configured.`;
  const isRolledOut = "value" in rollout && rollout.value?.isRunning;
  return isRolledOut
    ? `The route gives ${routed} % to version 2, set by the rollout that is running. The configuration says ${configured} %.`
    : `! The route gives ${routed} % to version 2. The configuration says ${configured} %.`;
}

const mtlsTable = (rows: readonly MtlsRow[]): Markup =>
  htmlTable(
    rows.map(({ target, mode, scope, calls }) => [
      ["call to", target],
      ["mode", `${mode} (${scope})`],
      ...Object.entries(calls).map(([caller, call]): Cell => [`from ${caller}`, outcomes[call].label]),
    ]),
    "Outcome of a call by caller, under the PeerAuthentications in the cluster",
  );

function reportText({ folder, passed, failed, unknown, at }: TrialPart): string {
  const mark = failed > 0 ? "✗" : unknown > 0 || passed === 0 ? "?" : "✓";
  return `Last report, of ${utcText(at)}: ${mark} ${folder}: ${passed} passed, ${failed} failed, ${unknown} unknown`;
}

const trialTexts = ({ process, last }: TrialsPart): string[] => [
  ...(process === undefined ? [] : [`A mesh test is under way (process ${process}). It writes its report at its end.`]),
  last ? reportText(last) : "There is no report of this environment. npm run try -- FOLDER writes one.",
];

const podTable = (rows: readonly PodRow[]): Markup =>
  htmlTable(
    rows.map(({ namespace, name, ready, status, healthy, restarts }) => [
      ["pod", `${namespace}/${name}`],
      ["ready", ready],
      ["status", `${healthy ? "✓" : "✗"} ${status}`],
      ["restarts", String(restarts)],
    ]),
    "Pods of the app, the mesh and the load balancer, as the API server reports them",
  );

const progress = ({ state, steps, picture }: ProgressPart): Markup[] => [
  paragraph(state),
  ...(steps.length > 0 ? [element("ul", {}, ...steps.map((step) => element("li", {}, step)))] : []),
  ...(picture ? [figure(picture)] : []),
];

/** Contents of the page, which it replaces every few seconds. */
export function viewContents({ stack, at, addresses, ...parts }: View): string {
  const sections = [
    element(
      "header",
      {},
      element("h1", {}, `Environment ${stack}`),
      paragraph(`Read at ${utcText(at)}.`),
      ...addresses.map((address) => paragraph(address)),
    ),
    section("Weights", parts.weights, (weights) => [paragraph(weightsText(weights, parts.rollout))]),
    section("Traffic", parts.traffic, (traffic) => [trafficTable(traffic)]),
    section("Mutual TLS", parts.mtls, (rows) => [mtlsTable(rows)]),
    section("Certificate", parts.certificate, ({ names, issuer, until }) => [
      paragraph(`${names}, signed by ${issuer}, valid until ${utcText(until)}`),
    ]),
    section("Rollout", parts.rollout, (rollout) =>
      rollout ? progress(rollout) : [paragraph("There was no rollout.")],
    ),
    section("Upgrade of Istio", parts.upgrade, (upgrade) =>
      upgrade ? progress(upgrade) : [paragraph("There was no upgrade.")],
    ),
    section("Mesh test", parts.trials, (trials) => trialTexts(trials).map((text) => paragraph(text))),
    section("Pods", parts.pods, (rows) => [podTable(rows)]),
  ];
  return sections.map(({ markup }) => markup).join("\n");
}
