import { element } from "../../output/markup";
import { type Cell, figure, htmlPage, htmlTable, paragraph } from "../../output/page";
import { clock, percent, utc } from "../../output/text";
import { addMeasurements, failures, type Measurement, noMeasurement, withOverdue } from "../evidence";
import { evidenceOf } from "../journalEvidence";
import type { Entry } from "../plan";
import { headline } from "./headline";
import { seriesOf } from "./series";
import { chart } from "./svg";
import { type Band, type Timeline, timelineOf } from "./timeline";

const titleOf = ({ status }: Timeline): string => `Rollout of version 2: ${headline(status)}`;

/** The picture of a rollout: weights as bands, and shares of both versions. */
function picture(timeline: Timeline): string {
  const { status, bands, baseline, ...rest } = timeline;
  const [low, high] = baseline ?? [];
  return chart({
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

function stepRow({ weight, outcome, reason, from, to }: Band, measured: Measurement): Cell[] {
  const { stable, canary } = measured;
  return [
    ["weight", `${weight} %`],
    ["verdict", outcome],
    ["time (min:s)", `${clock(from)} to ${clock(to)}`],
    ["requests of version 2", String(canary.requests)],
    ["failures of version 2", share(failures(canary), canary.requests)],
    ["failures of version 1", share(failures(stable), stable.requests)],
    ["reason", reason],
  ];
}

/** One self-contained page about a rollout: how it ended, the picture, and its steps as a table. */
export function rolloutPage(entries: readonly Entry[]): string {
  const timeline = timelineOf(entries);
  if (!timeline) return htmlPage("There was no rollout", element("h1", {}, "There was no rollout"));
  const { status, bands, began, seconds } = timeline;
  const title = titleOf(timeline);
  const steps = bands.filter(({ kind }) => kind === "step");
  const { measured, warmUp } = evidenceOf(entries);
  const measuredAt = (weight: number) => {
    const counted = measured.filter((one) => one.weight === weight);
    // version 2 may fail before its warm-up ends
    const isCounted = counted.length > 0 || weight !== steps[0]?.weight;
    return withOverdue(isCounted ? counted.reduce<Measurement>(addMeasurements, noMeasurement) : warmUp);
  };
  const { plan, reason = "" } = status;
  return htmlPage(
    title,
    element("h1", {}, title),
    element("p", {}, element("span", { class: "end" }, headline(status)), ` ${reason}`),
    paragraph(
      `Planned: from ${plan.from} % in steps of ${plan.steps.join(", ")} %. Began ${utc(began)}, took ${clock(seconds)} minutes. A failure is an answer with 5xx, or no complete answer.`,
    ),
    figure(picture(timeline)),
    htmlTable(steps.map((band) => stepRow(band, measuredAt(band.weight)))),
  );
}

/** The picture alone, for a document or a chat. */
export function rolloutPicture(entries: readonly Entry[]): string | undefined {
  const timeline = timelineOf(entries);
  return timeline && picture(timeline);
}
