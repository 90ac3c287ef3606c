import type { ChartSeries } from "./series";
import type { StepBand } from "./timeline";

/** A band of a chart. Its label names the step. */
export interface ChartBand extends Omit<StepBand, "weight"> {
  readonly label: string;
  /** Height from 0 to 1. */
  readonly share: number;
}

/** Steps as bands above lines of shares, over the same time. */
export interface TimeChart<Sample extends { readonly at: number }> {
  readonly title: string;
  readonly reason: string;
  readonly began: Date;
  readonly seconds: number;
  /** Name of the row of bands. */
  readonly row: string;
  readonly bands: readonly ChartBand[];
  readonly samples: readonly Sample[];
  readonly series: readonly ChartSeries<Sample>[];
  /** Usual range of a share, from 0 to 1. */
  readonly range?: { readonly name: string; readonly low: number; readonly high: number } | undefined;
}
