import { element, type Markup } from "../../model/output/markup";

/** A picture as the text of an SVG file. */
export function svg(width: number, height: number, ...children: readonly Markup[]): string {
  const attributes = { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}` };
  const lines = children.flatMap((child) => [{ markup: "\n" }, child]);
  return `${element("svg", { ...attributes, "font-family": "sans-serif", "font-size": 13 }, ...lines).markup}\n`;
}
