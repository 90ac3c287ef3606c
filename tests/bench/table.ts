/** What is measured against what, and how good it has to be. */
export interface Comparison {
  readonly name: string;
  readonly against: string;
  /** How `ours` is judged: as a multiple of the other, or as seconds more than it; none where it is only shown. */
  readonly goal?: { readonly ratio: number } | { readonly seconds: number };
}

/** One comparison with the seconds of each round, pairwise. */
export interface Measured extends Comparison {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** The middle of some numbers; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[half - 1] ?? Number.NaN, sorted[half] ?? Number.NaN];
  return sorted.length % 2 === 0 ? (low + high) / 2 : high;
}

/** What came of a comparison: the middle of its rounds, how far they lie apart, and whether the goal is met, where there is one. */
export function result({ goal, ours, theirs }: Measured) {
  const pairs = ours.map((own, i) => [own, theirs[i] ?? Number.NaN] as const);
  const values = pairs.map(([own, other]) => (isRatio(goal) ? own / other : own - other));
  const limit = goal && ("ratio" in goal ? goal.ratio : goal.seconds);
  const middle = median(values);
  const met = limit === undefined ? undefined : middle <= limit;
  return { middle, low: Math.min(...values), high: Math.max(...values), limit, met };
}

const isRatio = (goal: Comparison["goal"]): boolean => goal === undefined || "ratio" in goal;

const unit = (goal: Comparison["goal"], value: number): string =>
  isRatio(goal) ? value.toFixed(2) : `${value < 0 ? "" : "+"}${value.toFixed(1)} s`;

/** How it is told whether a goal is met: in the table, and in the picture. */
function telling(met: boolean | undefined): { word: string; colour: string } {
  if (met === undefined) return { word: "", colour: "#7f8c8d" };
  return met ? { word: "yes", colour: "#2e8b57" } : { word: "NO", colour: "#c0392b" };
}

/** The comparisons as a table in Markdown. */
export function benchTable(measured: readonly Measured[]): string {
  const rows = measured.map((one) => {
    const { middle, low, high, limit, met } = result(one);
    const told = (value: number) => unit(one.goal, value);
    const cells = [
      one.name,
      one.against,
      `${median(one.ours).toFixed(1)} s`,
      `${median(one.theirs).toFixed(1)} s`,
      `${told(middle)} (${told(low)} to ${told(high)})`,
      limit === undefined ? "none" : `≤ ${told(limit)}`,
      telling(met).word,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const head = ["what", "against", "takes", "other takes", "middle (spread)", "goal", "met"];
  return [`| ${head.join(" | ")} |`, `|${" --- |".repeat(head.length)}`, ...rows].join("\n");
}

const [left, width, line] = [330, 420, 44];

/** The ratios as bars, with the goal of each as a stroke; what is judged in seconds stands in the table alone. */
export function benchSvg(measured: readonly Measured[]): string {
  const shown = measured.filter(({ goal }) => isRatio(goal));
  const furthest = (one: Measured) => Math.max(result(one).high, result(one).limit ?? 0);
  const most = Math.max(1, ...shown.map(furthest)) * 1.05;
  const x = (value: number): string => (left + (value / most) * width).toFixed(1);
  const bars = shown.flatMap((one, i) => {
    const { middle, low, high, limit, met } = result(one);
    const y = 40 + i * line;
    return [
      `  <text x="10" y="${y + 14}">${one.name} / ${one.against}</text>`,
      `  <rect x="${left}" y="${y}" width="${(Number(x(middle)) - left).toFixed(1)}" height="18" fill="${telling(met).colour}"/>`,
      `  <line x1="${x(low)}" y1="${y + 9}" x2="${x(high)}" y2="${y + 9}" stroke="#222222"/>`,
      ...(limit === undefined
        ? []
        : [
            `  <line x1="${x(limit)}" y1="${y - 4}" x2="${x(limit)}" y2="${y + 22}" stroke="#0b61a4" stroke-width="2"/>`,
          ]),
      `  <text x="${Number(x(furthest(one))) + 6}" y="${y + 14}">${middle.toFixed(2)}</text>`,
    ];
  });
  const [w, h] = [left + width + 60, 50 + shown.length * line];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" font-family="sans-serif" font-size="13">`,
    "  <title>How fast the environment is, beside what it is measured against</title>",
    `  <rect width="${w}" height="${h}" fill="#ffffff"/>`,
    '  <text x="10" y="20" font-weight="bold">time taken, as a multiple of the other; the blue stroke is the goal</text>',
    ...bars,
    "</svg>",
    "",
  ].join("\n");
}
