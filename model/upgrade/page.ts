import type { ChartSeries } from "../canary/chart/series";
import { chartSvg } from "../canary/chart/svg";
import { failedRequests } from "../canary/evidence";
import { element } from "../output/markup";
import { type Cell, figure, htmlPage, htmlTable, paragraph } from "../output/page";
import { clockText, utcText } from "../output/text";
import { addRequests, noRequests, requestsOf, statusOf, type UpgradeEntry, type UpgradeRequests } from "./journal";
import { upgradeHeadline } from "./report";
import { type PhaseSpan, proxiesText, secondsAt, spansOf } from "./results";

/** Requests of a few seconds, which end at a time of the upgrade. */
type Sample = UpgradeRequests & { readonly at: number };

/** Number of samples that fit into a picture. */
const maxSamples = 80;

const line = (
  name: string,
  pick: keyof UpgradeRequests,
  lineStyle: Pick<ChartSeries<Sample>, "style" | "dashes" | "mark">,
): ChartSeries<Sample> => ({
  ...{ name, ...lineStyle },
  share: ({ [pick]: counts }) => (counts.requests === 0 ? undefined : failedRequests(counts) / counts.requests),
});

const series: readonly ChartSeries<Sample>[] = [
  line("ingress gateway: failed", "ingress", { style: "server", dashes: "", mark: "circle" }),
  line("between pods: failed", "mesh", { style: "stable", dashes: "8 4", mark: "square" }),
];

function samplesOf(entries: readonly UpgradeEntry[], seconds: number): Sample[] {
  const samples = new Map<number, Sample>();
  for (const entry of entries) {
    if (entry.kind !== "measured") continue;
    const at = secondsAt(entries, entry);
    const slot = Math.floor((at * maxSamples) / seconds);
    samples.set(slot, { ...addRequests(samples.get(slot) ?? noRequests, entry), at });
  }
  return [...samples.values()];
}

const kindOf = ({ phase }: PhaseSpan) => (phase === "before" ? "baseline" : phase === "back" ? "rollback" : "step");

/** The picture of an upgrade: its steps as bands, and the failed requests over time. Undefined without an upgrade. */
export function upgradePicture(entries: readonly UpgradeEntry[]): string | undefined {
  const [status, last] = [statusOf(entries), entries.at(-1)];
  if (!status || !last) return undefined;
  const seconds = Math.max(1, secondsAt(entries, last));
  return chartSvg({
    ...{ title: upgradeHeadline(status), reason: status.reason ?? "", row: "step", seconds, series },
    began: new Date(entries[0]?.at ?? 0),
    bands: spansOf(entries).map((span) => ({ ...span, label: span.phase, share: 1, kind: kindOf(span) })),
    samples: samplesOf(entries, seconds),
  });
}

function row(span: PhaseSpan, entries: readonly UpgradeEntry[]): Cell[] {
  const { ingress, mesh } = requestsOf(entries, span.phase);
  return [
    ["step", span.phase],
    ["verdict", span.phase === "before" || span.phase === "back" ? "" : span.outcome],
    ["time (min:s)", `${clockText(span.from)} to ${clockText(span.to)}`],
    ["failed through the ingress gateway", `${failedRequests(ingress)} of ${ingress.requests}`],
    ["failed between pods", `${failedRequests(mesh)} of ${mesh.requests}`],
    ["proxies", span.proxies ? proxiesText(span.proxies) : ""],
    ["reason", span.reason],
  ];
}

/** One self-contained page about an upgrade: how it ended, the picture, and its steps as a table. */
export function upgradePage(entries: readonly UpgradeEntry[]): string {
  const status = statusOf(entries);
  if (!status) return htmlPage("There was no upgrade", element("h1", {}, "There was no upgrade"));
  const title = upgradeHeadline(status);
  const last = new Map(spansOf(entries).map((span) => [span.phase, span] as const));
  return htmlPage(
    title,
    element("h1", {}, title),
    element("p", {}, element("span", { class: "end" }, status.end ?? "not finished"), ` ${status.reason ?? ""}`),
    paragraph(
      `Began ${utcText(new Date(entries[0]?.at ?? 0))}. A request failed if its answer has a 5xx status, or is not complete.`,
    ),
    figure(upgradePicture(entries) ?? ""),
    htmlTable([...last.values()].map((span) => row(span, entries))),
  );
}
