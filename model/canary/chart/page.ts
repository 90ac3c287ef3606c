import { element } from "../../output/markup";
import { type Cell, figure, htmlPage, htmlTable, paragraph } from "../../output/page";
import { clockText, percent, utcText } from "../../output/text";
import { addMeasurements, failedRequests, type Measurement, noMeasurement, withOverdue } from "../evidence";
import { evidenceOf } from "../journalEvidence";
import type { RolloutEntry } from "../plan";
import { rolloutHeadline } from "./headline";
import { seriesOf } from "./series";
import { chartSvg } from "./svg";
import { type StepBand, type Timeline, timelineOf } from "./timeline";

const titleOf = ({ status }: Timeline): string => `Rollout of version 2: ${rolloutHeadline(status)}`;

/** Picture of a rollout: weights as bands, and the shares of failed requests of both versions as lines. */
function picture(timeline: Timeline): string {
  const { status, bands, baseline, ...rest } = timeline;
  const [low, high] = baseline ?? [];
  return chartSvg({
    ...rest,
    title: titleOf(timeline),
    reason: status.reason ?? "",
    row: "weight",
    bands: bands.map((band) => ({ ...band, label: `${band.weight} %`, share: band.weight / 100 })),
    series: seriesOf(timeline),
    ...(low !== undefined &&
      high !== undefined && { range: { name: "version 1: range of its failures (95 %)", low, high } }),
  });
}

const share = (hits: number, requests: number): string => (requests === 0 ? "no requests" : percent(hits / requests));

function stepRow({ weight, outcome, reason, from, to }: StepBand, measured: Measurement): Cell[] {
  const { stable, canary } = measured;
  return [
    ["weight", `${weight} %`],
    ["verdict", outcome],
    ["time (min:s)", `${clockText(from)} to ${clockText(to)}`],
    ["requests of version 2", String(canary.requests)],
    ["failures of version 2", share(failedRequests(canary), canary.requests)],
    ["failures of version 1", share(failedRequests(stable), stable.requests)],
    ["reason", reason],
  ];
}

/** One self-contained page about a rollout: how it ended, the picture, and its steps as a table. */
export function rolloutPage(entries: readonly RolloutEntry[]): string {
  const timeline = timelineOf(entries);
  if (!timeline) return htmlPage("There was no rollout", element("h1", {}, "There was no rollout"));
  const { status, bands, began, seconds } = timeline;
  const title = titleOf(timeline);
  const steps = bands.filter(({ kind }) => kind === "step");
  const { measured, warmUp } = evidenceOf(entries);
  const measuredAt = (weight: number) => {
    const counted = measured.filter((measurement) => measurement.weight === weight);
    // version 2 may fail before its warm-up ends
    const isCounted = counted.length > 0 || weight !== steps[0]?.weight;
    return withOverdue(isCounted ? counted.reduce<Measurement>(addMeasurements, noMeasurement) : warmUp);
  };
  const { plan, reason = "" } = status;
  return htmlPage(
    title,
    element("h1", {}, title),
    element("p", {}, element("span", { class: "end" }, rolloutHeadline(status)), ` ${reason}`),
    paragraph(
      `Planned: from ${plan.from} % in steps of ${plan.steps.join(", ")} %. Began ${utcText(began)}, took ${clockText(seconds)} minutes. A failure is an answer with 5xx, or no complete answer.`,
    ),
    figure(picture(timeline)),
    htmlTable(steps.map((band) => stepRow(band, measuredAt(band.weight)))),
  );
}

/** The picture alone, for a document or a chat. */
export function rolloutPicture(entries: readonly RolloutEntry[]): string | undefined {
  const timeline = timelineOf(entries);
  return timeline && picture(timeline);
}
