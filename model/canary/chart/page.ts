import { escapeMarkup, tableRow } from "../../output/markup";
import { addMeasurements, failures, type Measurement, noMeasurement } from "../evidence";
import { evidenceOf } from "../journalEvidence";
import type { Entry } from "../plan";
import { pageStyles } from "./styles";
import { chart } from "./svg";
import { clock, headline, percent, utc } from "./text";
import { type Band, timelineOf } from "./timeline";

const share = (hits: number, requests: number): string => (requests === 0 ? "none" : percent(hits / requests));

function stepRow({ weight, outcome, reason, from, to }: Band, measured: Measurement): string {
  const { stable, canary } = measured;
  return tableRow([
    ["weight", `${weight} %`],
    ["verdict", outcome],
    ["time", `${clock(from)} to ${clock(to)}`],
    ["requests of version 2", String(canary.requests)],
    ["failures of version 2", share(failures(canary), canary.requests)],
    ["failures of version 1", share(failures(stable), stable.requests)],
    ["reason", reason],
  ]);
}

/** One self-contained page about a rollout: how it ended, the picture, and its steps as a table. */
export function rolloutPage(entries: readonly Entry[]): string {
  const timeline = timelineOf(entries);
  const title = timeline ? `Rollout of version 2: ${headline(timeline.status)}` : "There was no rollout";
  const measuredAt = (weight: number) =>
    evidenceOf(entries)
      .measured.filter((one) => one.weight === weight)
      .reduce<Measurement>(addMeasurements, noMeasurement);
  const names = [
    "weight",
    "verdict",
    "time (min:s)",
    "requests of version 2",
    "failures of version 2",
    "failures of version 1",
    "reason",
  ];
  const steps = timeline?.bands.filter(({ kind }) => kind === "step") ?? [];
  const plan = timeline?.status.plan;
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escapeMarkup(title)}</title><style>${pageStyles}</style></head><body>`,
    `<h1>${escapeMarkup(title)}</h1>`,
    ...(timeline && plan
      ? [
          `<p><span class="end">${escapeMarkup(headline(timeline.status))}</span> ${escapeMarkup(timeline.status.reason ?? "")}</p>`,
          `<p>Planned: from ${plan.from} % in steps of ${plan.steps.join(", ")} %. Began ${utc(timeline.began)}, took ${clock(timeline.seconds)} minutes. A failure is an answer with 5xx, or no complete answer.</p>`,
          `<div class="chart">${chart(timeline)}</div>`,
          `<table><thead><tr>${names.map((name) => `<th>${name}</th>`).join("")}</tr></thead><tbody>`,
          ...steps.map((band) => stepRow(band, measuredAt(band.weight))),
          "</tbody></table>",
        ]
      : []),
    "</body></html>",
    "",
  ].join("\n");
}

/** The picture alone, for a document or a chat. */
export function rolloutPicture(entries: readonly Entry[]): string | undefined {
  const timeline = timelineOf(entries);
  return timeline && chart(timeline);
}
