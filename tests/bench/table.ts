import { element, svg } from "../../model/output/markup";

/** Two commands that are compared, and the goal for their difference. */
export interface Comparison {
  readonly name: string;
  readonly against: string;
  /**
   * Highest allowed ratio, highest allowed number of additional seconds, or highest allowed number of seconds in total.
   * Undefined for a comparison without a goal.
   */
  readonly goal?: { readonly ratio: number } | { readonly seconds: number } | { readonly total: number };
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
export function result({ goal, ours, reference }: Measured) {
  const pairs = ours.map((seconds, i) => [seconds, reference[i] ?? Number.NaN] as const);
  const value = ([seconds, other]: readonly [number, number]) => {
    if (isTotal(goal)) return seconds;
    return isRatio(goal) ? seconds / other : seconds - other;
  };
  const values = pairs.map(value);
  const limit = goal && ("ratio" in goal ? goal.ratio : "seconds" in goal ? goal.seconds : goal.total);
  const middle = median(values);
  const met = limit === undefined ? undefined : middle <= limit;
  return { middle, low: Math.min(...values), high: Math.max(...values), limit, met };
}

const isRatio = (goal: Comparison["goal"]): boolean => goal === undefined || "ratio" in goal;

const isTotal = (goal: Comparison["goal"]): boolean => goal !== undefined && "total" in goal;

const unit = (goal: Comparison["goal"], value: number): string => {
  if (isRatio(goal)) return value.toFixed(2);
  return `${value < 0 || isTotal(goal) ? "" : "+"}${value.toFixed(1)} s`;
};

/** Word for the table and colour for the picture. */
function label(met: boolean | undefined): { word: string; colour: string } {
  if (met === undefined) return { word: "", colour: "#7f8c8d" };
  return met ? { word: "yes", colour: "#2e8b57" } : { word: "NO", colour: "#c0392b" };
}

/** The comparisons as a table in Markdown. */
export function benchTable(measured: readonly Measured[]): string {
  const rows = measured.map((one) => {
    const { middle, low, high, limit, met } = result(one);
    const shown = (value: number) => unit(one.goal, value);
    const cells = [
      one.name,
      one.against,
      `${median(one.ours).toFixed(1)} s`,
      `${median(one.reference).toFixed(1)} s`,
      `${shown(middle)} (${shown(low)} to ${shown(high)})`,
      limit === undefined ? "none" : `≤ ${shown(limit)}`,
      label(met).word,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const head = ["what", "against", "takes", "other takes", "middle (spread)", "goal", "met"];
  return [`| ${head.join(" | ")} |`, `|${" --- |".repeat(head.length)}`, ...rows].join("\n");
}

const [left, width, line] = [330, 420, 44];

/** Draws the ratios as bars, and the goal of each as a stroke. Comparisons in seconds are only in the table. */
export function benchSvg(measured: readonly Measured[]): string {
  const ratios = measured.filter(({ goal }) => isRatio(goal));
  const furthest = (one: Measured) => Math.max(result(one).high, result(one).limit ?? 0);
  const highest = Math.max(1, ...ratios.map(furthest)) * 1.05;
  const x = (value: number): number => Math.round(left + (value / highest) * width);
  const text = (x: number, y: number, words: string, style = {}) => element("text", { x, y, ...style }, words);
  const stroke = (x1: number, x2: number, y1: number, y2: number, style: Readonly<Record<string, string | number>>) =>
    element("line", { x1, y1, x2, y2, ...style });
  const bars = ratios.flatMap((one, i) => {
    const { middle, low, high, limit, met } = result(one);
    const y = 40 + i * line;
    return [
      text(10, y + 14, `${one.name} / ${one.against}`),
      element("rect", { x: left, y, width: x(middle) - left, height: 18, fill: label(met).colour }),
      stroke(x(low), x(high), y + 9, y + 9, { stroke: "#222222" }),
      ...(limit === undefined
        ? []
        : [stroke(x(limit), x(limit), y - 4, y + 22, { stroke: "#0b61a4", "stroke-width": 2 })]),
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
