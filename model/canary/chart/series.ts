import { failedRequests, type RequestCounts } from "../evidence";
import type { Timeline, TimelineSample } from "./timeline";

/** One line of the chart. Lines differ in colour, dashes and the shape of their marks. */
export interface ChartSeries<Of = TimelineSample> {
  readonly name: string;
  /** Name of the CSS class, which sets the colour. */
  readonly style: string;
  readonly dashes: string;
  readonly mark: MarkShape;
  /** Share from 0 to 1; undefined where a sample has nothing to divide by. */
  readonly share: (sample: Of) => number | undefined;
}

export type MarkShape = "circle" | "square" | "triangle" | "diamond" | "cross" | "plus" | "ring";

const part = (hits: number, whole: number): number | undefined => (whole === 0 ? undefined : hits / whole);
const of =
  (version: "stable" | "canary", hits: (counts: RequestCounts) => number) =>
  ({ measured }: TimelineSample): number | undefined =>
    part(hits(measured[version]), measured[version].requests);

const always: readonly ChartSeries[] = [
  {
    name: "version 2: 5xx",
    style: "server",
    dashes: "",
    mark: "circle",
    share: of("canary", (counts) => counts.serverErrors),
  },
  {
    name: "version 1: 5xx and no answer",
    style: "stable",
    dashes: "8 4",
    mark: "square",
    share: of("stable", failedRequests),
  },
];

const sometimes: readonly ChartSeries[] = [
  {
    name: "version 2: no answer",
    style: "none",
    dashes: "2 3",
    mark: "cross",
    share: of("canary", ({ noAnswer }) => noAnswer),
  },
  {
    name: "no answer, version unknown",
    style: "unknown",
    dashes: "1 4",
    mark: "plus",
    share: ({ measured: { stable, canary, unattributed } }) =>
      part(unattributed, stable.requests + canary.requests + unattributed),
  },
  {
    name: "version 2: 4xx",
    style: "client",
    dashes: "10 3 2 3",
    mark: "triangle",
    share: of("canary", ({ clientErrors }) => clientErrors),
  },
  {
    name: "version 2: 3xx",
    style: "redirect",
    dashes: "4 2",
    mark: "diamond",
    share: of("canary", ({ redirects }) => redirects),
  },
  {
    name: "version 2: slow",
    style: "slow",
    dashes: "12 4",
    mark: "ring",
    share: ({ measured: { canary } }) => part(canary.slow, canary.timed),
  },
];

/** Ratio of both versions' slow answers from which they are shown: one of ten answers of any version is slow. */
const notablySlow = 1.5;

function isNotablySlow({ samples }: Timeline): boolean {
  const sum = (pick: (sample: TimelineSample) => number) => samples.reduce((total, sample) => total + pick(sample), 0);
  const rate = (version: "stable" | "canary") =>
    part(
      sum(({ measured }) => measured[version].slow),
      sum(({ measured }) => measured[version].timed),
    ) ?? 0;
  return rate("canary") > notablySlow * rate("stable");
}

/** Lines of a chart: failures of both versions, every other class that occurred, and slow answers if there are many. */
export const seriesOf = (timeline: Timeline): readonly ChartSeries[] => [
  ...always,
  ...sometimes.filter(
    ({ style, share }) =>
      timeline.samples.some((sample) => (share(sample) ?? 0) > 0) && (style !== "slow" || isNotablySlow(timeline)),
  ),
];
