import { element } from "../../model/output/markup";
import { markdownTable } from "../../model/output/table";
import { svg } from "./svg";

/** A command that is measured, and the one that it is compared with. */
export interface Comparison {
  readonly name: string;
  /** Command of the reference. Undefined for a command that is measured alone. */
  readonly against?: string;
  /** Number that is judged: the ratio to the reference, the seconds beyond it, or the command's own seconds. @default ratio */
  readonly unit?: "ratio" | "beyond" | "seconds";
  /** Highest number that is good. Undefined for a comparison without a goal. */
  readonly goal?: number;
  /** Reason for a missed goal, and a change that would meet it. The page says both when the goal is missed. */
  readonly limit?: string;
}

/** A comparison with the measured seconds of each round, in pairs. */
export interface Measured extends Comparison {
  readonly ours: readonly number[];
  readonly reference: readonly number[];
}

/** Median of numbers; NaN for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[half - 1] ?? Number.NaN, sorted[half] ?? Number.NaN];
  return sorted.length % 2 === 0 ? (low + high) / 2 : high;
}

/** Result of a comparison: median and range over its rounds. `met` is undefined without a goal. */
export function result({ unit = "ratio", goal, ours, reference }: Measured) {
  const values = ours.map((seconds, i) => {
    const other = reference[i] ?? Number.NaN;
    return { ratio: seconds / other, beyond: seconds - other, seconds }[unit];
  });
  const middle = median(values);
  const met = goal === undefined ? undefined : middle <= goal;
  return { middle, low: Math.min(...values), high: Math.max(...values), met };
}

const isRatio = ({ unit = "ratio" }: Comparison): boolean => unit === "ratio";

/** A number in the unit of its comparison, as text. */
const shown = ({ unit = "ratio" }: Comparison, value: number): string =>
  unit === "ratio" ? value.toFixed(2) : `${unit === "beyond" && value >= 0 ? "+" : ""}${value.toFixed(1)} s`;

/** Word for the table and colour for the picture. */
function label(met: boolean | undefined): { word: string; colour: string } {
  if (met === undefined) return { word: "", colour: "#7f8c8d" };
  return met ? { word: "yes", colour: "#2e8b57" } : { word: "NO", colour: "#c0392b" };
}

/** The comparisons as a table in Markdown. */
export function benchTable(measured: readonly Measured[]): string {
  const rows = measured.map((one) => {
    const { middle, low, high, met } = result(one);
    const [first, last] = [shown(one, low), shown(one, high)];
    return [
      one.name,
      one.against ?? "",
      `${median(one.ours).toFixed(1)} s`,
      one.against === undefined ? "" : `${median(one.reference).toFixed(1)} s`,
      `${shown(one, middle)}${first === last ? "" : ` (${first} to ${last})`}`,
      one.goal === undefined ? "none" : `≤ ${shown(one, one.goal)}`,
      label(met).word,
    ];
  });
  const head = ["what", "against", "takes", "other takes", "middle (spread)", "goal", "met"];
  return markdownTable([head, ...rows]).join("\n");
}

/** Reason for each goal that was missed, as a list in Markdown; empty if every goal was met. */
export const missedGoals = (measured: readonly Measured[]): readonly string[] =>
  measured
    .filter((one) => result(one).met === false)
    .map(({ name, against = "alone", limit = "the reason is not known yet" }) => `- ${name} / ${against}: ${limit}`);

const [left, width, line] = [330, 420, 44];

/** Draws the ratios as bars, and the goal of each as a stroke. Comparisons in seconds are only in the table. */
export function benchSvg(measured: readonly Measured[]): string {
  const ratios = measured.filter(isRatio);
  const furthest = (one: Measured) => Math.max(result(one).high, one.goal ?? 0);
  const highest = Math.max(1, ...ratios.map(furthest)) * 1.05;
  const x = (value: number): number => Math.round(left + (value / highest) * width);
  const text = (x: number, y: number, words: string, style = {}) => element("text", { x, y, ...style }, words);
  const stroke = (x1: number, x2: number, y1: number, y2: number, style: Readonly<Record<string, string | number>>) =>
    element("line", { x1, y1, x2, y2, ...style });
  const bars = ratios.flatMap((one, i) => {
    const { middle, low, high, met } = result(one);
    const y = 40 + i * line;
    return [
      text(10, y + 14, `${one.name} / ${one.against}`),
      element("rect", { x: left, y, width: x(middle) - left, height: 18, fill: label(met).colour }),
      stroke(x(low), x(high), y + 9, y + 9, { stroke: "#222222" }),
      ...(one.goal === undefined
        ? []
        : [stroke(x(one.goal), x(one.goal), y - 4, y + 22, { stroke: "#0b61a4", "stroke-width": 2 })]),
      text(x(furthest(one)) + 6, y + 14, middle.toFixed(2)),
    ];
  });
  const [w, h] = [left + width + 60, 50 + ratios.length * line];
  return svg(
    w,
    h,
    element("title", {}, "Time of each command compared with its reference"),
    element("rect", { width: w, height: h, fill: "#ffffff" }),
    text(10, 20, "time as a multiple of the reference; the blue stroke is the goal", { "font-weight": "bold" }),
    ...bars,
  );
}
