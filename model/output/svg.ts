import { element, type Markup } from "./markup";
import { pictureStyles } from "./styles";

/** A line of text in a picture; `x` and `y` are the left end, or the middle, of its baseline in pixels. */
export const svgText = (
  x: number,
  y: number,
  words: string,
  style?: string,
  { anchor, tooltip }: { readonly anchor?: "middle"; readonly tooltip?: string } = {},
): Markup =>
  element(
    "text",
    { x, y, class: style, "text-anchor": anchor },
    ...(tooltip === undefined ? [] : [element("title", {}, tooltip)]),
    words,
  );

/** A picture as the text of an SVG file, which is complete by itself: title, styles and background. */
export function svgPicture(title: string, width: number, height: number, ...children: readonly Markup[]): string {
  const attributes = { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}` };
  return `${
    element(
      "svg",
      { ...attributes, role: "img", "aria-label": title },
      element("title", {}, title),
      element("style", {}, { markup: pictureStyles }),
      element("rect", { class: "page", width, height }),
      ...children,
    ).markup
  }\n`;
}
