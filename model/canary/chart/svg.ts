import { escapeMarkup } from "../../output/markup";
import { svgPicture } from "../../output/svg";
import { clockText, percent, utcText, wrap } from "../../output/text";
import type { ChartSeries, MarkShape } from "./series";
import type { ChartBand, TimeChart } from "./timeChart";

const width = 960;
const left = 64;
const right = width - 24;
/** Vertical places in pixels: steps, then shares of requests. */
const steps = { top: 110, height: 34 };
const plot = { top: 196, bottom: 420 };
const legendTop = plot.bottom + 62;
/** Characters of a line of text between both ends, with room for wide letters and wide fonts. */
const characters = Math.floor((right - left) / 8.5);

const marks: Readonly<Record<MarkShape, string>> = {
  circle: '<circle r="4"/>',
  square: '<rect x="-3.5" y="-3.5" width="7" height="7"/>',
  triangle: '<path d="M0-5L4.5 4h-9z"/>',
  diamond: '<path d="M0-5L5 0 0 5-5 0z"/>',
  cross: '<path class="open" d="M-4-4L4 4M-4 4L4-4"/>',
  plus: '<path class="open" d="M0-5V5M-5 0H5"/>',
  ring: '<circle class="open" r="4"/>',
};
const signs = { passed: "✓", failed: "✗", "not decided": "–" } as const;

const text = (x: number, y: number, content: string, attributes = ""): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escapeMarkup(content)}</text>`;
const inLines = (x: number, y: number, content: string, characters: number): string[] =>
  wrap(content, characters).map((line, i) => text(x, y + i * 18, line));

/** Labels of the steps, moved up a row where one would cover the label before it. */
function bandLabels(bands: readonly ChartBand[], x: (seconds: number) => number): string[] {
  const ends = [0, 0, 0];
  return bands.map((band) => {
    const label = `${band.label}${band.kind === "step" ? ` ${signs[band.outcome]}` : band.kind === "rollback" ? " ↩" : ""}`;
    const [centre, half] = [(x(band.from) + x(band.to)) / 2, label.length * 4.5];
    const row = Math.max(
      0,
      ends.findIndex((end) => end <= centre - half),
    );
    ends[row] = centre + half + 4;
    return text(centre, steps.top - 8 - row * 17, label, 'text-anchor="middle" class="strong"');
  });
}

function bandShapes(bands: readonly ChartBand[], x: (seconds: number) => number): string[] {
  return bands.flatMap((band) => {
    const [from, wide] = [x(band.from), Math.max(2, x(band.to) - x(band.from))];
    const tall = Math.max(2, steps.height * band.share);
    const style = band.kind === "step" ? band.outcome.replace(" ", "-") : band.kind;
    return [
      `<rect class="slot" x="${from.toFixed(1)}" y="${steps.top}" width="${wide.toFixed(1)}" height="${steps.height}"/>`,
      `<rect class="band ${style}" x="${from.toFixed(1)}" y="${(steps.top + steps.height - tall).toFixed(1)}" width="${wide.toFixed(1)}" height="${tall.toFixed(1)}"/>`,
      `<line class="edge" x1="${from.toFixed(1)}" x2="${from.toFixed(1)}" y1="${steps.top}" y2="${plot.bottom}"/>`,
    ];
  });
}

/** A share on a square-root scale: one percent is a tenth of the height of a hundred. */
function scaleOf<Sample extends { readonly at: number }>({ samples, series, range }: TimeChart<Sample>) {
  const shares = samples.flatMap((sample) => series.map(({ share }) => share(sample) ?? 0));
  const most = Math.max(...shares, range?.high ?? 0);
  const top = [0.02, 0.05, 0.1, 0.25, 0.5, 1].find((limit) => limit >= most) ?? 1;
  const y = (share: number) => plot.bottom - Math.sqrt(Math.min(share, top) / top) * (plot.bottom - plot.top);
  const ticks = [0, 0.001, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1].filter((tick) => tick <= top);
  // the highest tick always has its label, and the others where there is room
  const labelled: number[] = [];
  for (const tick of ticks.toReversed())
    if (labelled.every((other) => Math.abs(y(other) - y(tick)) >= 16)) labelled.push(tick);
  return { y, ticks: labelled };
}

function lines<Sample extends { readonly at: number }>(
  { samples, series }: TimeChart<Sample>,
  x: (seconds: number) => number,
  y: (share: number) => number,
): string[] {
  return series.map(({ name, style, dashes, mark, share }) => {
    const points = samples.flatMap((sample) => {
      const value = share(sample);
      return value === undefined ? [] : [[x(sample.at), y(value)] as const];
    });
    const path = points.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join(" ");
    const shapes = points.map(
      ([px, py]) => `<g transform="translate(${px.toFixed(1)} ${py.toFixed(1)})">${marks[mark]}</g>`,
    );
    return `<g class="line ${style}"><title>${escapeMarkup(name)}</title><polyline points="${path}"${dashes && ` stroke-dasharray="${dashes}"`}/>${shapes.join("")}</g>`;
  });
}

function legend(
  series: readonly Pick<ChartSeries, "name" | "style" | "dashes" | "mark">[],
  range: string | undefined,
): { readonly shapes: string[]; readonly height: number } {
  const items = [
    ...series.map(({ name, style, dashes, mark }) => ({
      name,
      shape: `<g class="line ${style}"><line x1="0" x2="36" y1="0" y2="0"${dashes && ` stroke-dasharray="${dashes}"`}/><g transform="translate(18 0)">${marks[mark]}</g></g>`,
    })),
    ...(range === undefined ? [] : [{ name: range, shape: '<rect class="range" y="-7" width="36" height="14"/>' }]),
  ];
  const shapes = items.map(({ name, shape }, i) => {
    const [column, row] = [i % 3, Math.floor(i / 3)];
    return `<g transform="translate(${left + column * 292} ${legendTop + row * 24})">${shape}${text(46, 5, name)}</g>`;
  });
  return { shapes, height: Math.ceil(items.length / 3) * 24 };
}

/** A chart that needs no other text: steps, verdicts and shares of requests over time. */
export function chartSvg<Sample extends { readonly at: number }>(data: TimeChart<Sample>): string {
  const { title, reason, began, seconds, row, bands, series, range: usual } = data;
  const x = (at: number) => left + (Math.min(at, seconds) / seconds) * (right - left);
  const { y, ticks } = scaleOf(data);
  const { shapes, height: legendHeight } = legend(series, usual?.name);
  const reasonsTop = legendTop + legendHeight + 16;
  const reasons = bands
    .filter(({ kind, reason }) => kind === "step" && reason !== "")
    .flatMap(({ label, outcome, reason }) => wrap(`${signs[outcome]} ${label} ${outcome}: ${reason}`, characters));
  const height = reasonsTop + Math.max(1, reasons.length) * 18 + 12;
  const range = usual && { from: y(usual.high), to: y(usual.low) };
  const marksOfTime = Array.from({ length: 7 }, (_, i) => (seconds * i) / 6);
  const shown = [
    text(left, 32, title, 'class="title"'),
    ...inLines(left, 54, reason, characters).slice(0, 2),
    text(left - 56, steps.top + 22, row),
    ...bandShapes(bands, x),
    ...bandLabels(bands, x),
    text(left, plot.top - 16, "share of requests, on a square-root scale, so that 1 % can be seen"),
    ...(range
      ? [
          `<rect class="range" x="${left}" width="${right - left}" y="${range.from.toFixed(1)}" height="${Math.max(3, range.to - range.from).toFixed(1)}"><title>${escapeMarkup(usual?.name ?? "")}: ${percent(usual?.low ?? 0)} to ${percent(usual?.high ?? 0)}</title></rect>`,
        ]
      : []),
    ...ticks.flatMap((tick) => [
      `<line class="grid" x1="${left}" x2="${right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}"/>`,
      text(left - 8, y(tick) + 5, percent(tick), 'text-anchor="end"'),
    ]),
    ...lines(data, x, y),
    ...marksOfTime.map((at) => text(x(at), plot.bottom + 20, clockText(at), 'text-anchor="middle"')),
    text((left + right) / 2, plot.bottom + 38, `minutes and seconds since ${utcText(began)}`, 'text-anchor="middle"'),
    ...shapes,
    ...reasons.map((line, i) => text(left, reasonsTop + 12 + i * 18, line)),
  ];
  return svgPicture(title, width, height, { markup: `\n${shown.join("\n")}\n` });
}
