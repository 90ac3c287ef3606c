import type { Markup } from "../../output/markup";
import { svgPicture, svgText } from "../../output/svg";
import { wrap } from "../../output/text";
import { parseUrl } from "../../url";
import { countOf, outcomeSigns } from "./report";
import type { CaseResult } from "./result";

const width = 960;
const left = 24;
/** Left end of the signs in pixels, and the distance between two of them. */
const signs = { left: 480, apart: 22 };
/** Number of signs in a line, and of characters of a label in a line. */
const inLine = { signs: 20, characters: 48 };
const lineHeight = 22;

/** Style and meaning of each outcome. */
const outcomes = {
  pass: { style: "passed-text", means: "pass" },
  fail: { style: "failed-text", means: "fail" },
  unknown: { style: "undecided-text", means: "could not be measured" },
} as const;

/** Cases of each pair of a caller and a host, in the order of the files. */
function byPair(results: readonly CaseResult[]): Map<string, CaseResult[]> {
  const pairs = new Map<string, CaseResult[]>();
  for (const result of results) {
    const { from, request } = result.case;
    const pair = `${from} → ${parseUrl(request.url)?.host ?? request.url}`;
    pairs.set(pair, [...(pairs.get(pair) ?? []), result]);
  }
  return pairs;
}

/** Rows of the picture from `top` on: the pair, and a sign for each of its cases. */
function drawRow(pair: string, results: readonly CaseResult[], top: number): { shapes: Markup[]; bottom: number } {
  const labels = wrap(pair, inLine.characters);
  const lines = Math.max(labels.length, Math.ceil(results.length / inLine.signs));
  return {
    bottom: top + lines * lineHeight + 8,
    shapes: [
      ...labels.map((words, i) => svgText(left, top + i * lineHeight, words)),
      ...results.map(({ outcome, case: { it } }, i) => {
        const x = signs.left + (i % inLine.signs) * signs.apart;
        const y = top + Math.floor(i / inLine.signs) * lineHeight;
        return svgText(x, y, outcomeSigns[outcome], outcomes[outcome].style, { tooltip: it });
      }),
    ],
  };
}

/** Picture of a mesh test as SVG: which caller reaches which host as expected. */
export function casesSvg(results: readonly CaseResult[]): string {
  const title = "Cases by caller and host";
  const shapes: Markup[] = [];
  let bottom = 104;
  for (const [pair, cases] of byPair(results)) {
    const row = drawRow(pair, cases, bottom);
    shapes.push(...row.shapes);
    bottom = row.bottom;
  }
  const legend = (["pass", "fail", "unknown"] as const).map((outcome, i) => {
    const { style, means } = outcomes[outcome];
    return svgText(
      left + i * 160,
      bottom + 16,
      `${outcomeSigns[outcome]} ${countOf(results, outcome)} ${means}`,
      style,
    );
  });
  return svgPicture(
    title,
    width,
    bottom + 36,
    svgText(left, 36, title, "title"),
    svgText(left, 62, "A sign is a case, in the order of the files.", "muted"),
    svgText(left, 84, "caller → host", "strong"),
    svgText(signs.left, 84, "cases", "strong"),
    ...shapes,
    ...legend,
  );
}
