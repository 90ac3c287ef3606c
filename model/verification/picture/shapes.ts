import { element, type Markup } from "../../output/markup";
import { svgText } from "../../output/svg";
import { wrap } from "../../output/text";
import type { Card } from "./scene";

/** Height of a line of text in pixels. */
const line = 19;
/** Width of a character of the 14 px font in pixels, with room for wide fonts: a digit of DejaVu Sans has 8.9 and 9.8 pixels. */
const character = { plain: 8.9, strong: 9.8 };

/** A box at its place, in pixels. */
export interface PlacedBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly markup: Markup;
}

/** Draws a box that is as high as its wrapped lines need. */
export function placeCard({ title, lines }: Card, x: number, y: number, width: number): PlacedBox {
  const characters = (style: keyof typeof character) => Math.floor((width - 24) / character[style]);
  const heads = wrap(title, characters("strong"));
  const rows = lines.flatMap((words) => wrap(words, characters("plain")));
  const height = 18 + (heads.length + rows.length) * line;
  const markup = element(
    "g",
    { class: "part" },
    element("rect", { class: "card", x, y, width, height, rx: 6 }),
    ...heads.map((words, i) => svgText(x + 12, y + 23 + i * line, words, "strong")),
    ...rows.map((words, i) => svgText(x + 12, y + 23 + (heads.length + i) * line, words)),
  );
  return { x, y, width, height, markup };
}

/** Places boxes below each other. */
export function placeColumn(cards: readonly Card[], x: number, y: number, width: number): PlacedBox[] {
  const placed: PlacedBox[] = [];
  for (const card of cards) placed.push(placeCard(card, x, Math.max(y, bottomOf(placed) + 16), width));
  return placed;
}

/** Lower end of the lowest box, or 0. */
export const bottomOf = (boxes: readonly PlacedBox[]): number =>
  Math.max(0, ...boxes.map(({ y, height }) => y + height));

/** A horizontal arrow at height `y` with its label above. */
export const arrow = (from: number, to: number, y: number, label = ""): Markup =>
  element(
    "g",
    {},
    element("path", { class: "arrow", d: `M${from} ${y}H${to - 8}` }),
    element("path", { class: "head", d: `M${to} ${y}l-10 -5v10z` }),
    ...(label ? [svgText((from + to) / 2, y - 8, label, undefined, { anchor: "middle" })] : []),
  );
