import { element, type Markup } from "./markup";
import { pageStyles } from "./styles";

/** A value of a table with the name of its column. */
export type Cell = readonly [name: string, value: Markup | string];

/** Markup that was rendered before, such as a picture. */
export const renderedMarkup = (markup: string): Markup => ({ markup });

/** Paragraph with an optional CSS class. */
export const paragraph = (text: Markup | string, style?: string): Markup => element("p", { class: style }, text);

/**
 * Table with its columns in the order of the cells of the first row.
 *
 * Each cell carries the name of its column, so that a narrow screen shows a row as a list.
 */
export function htmlTable(rows: readonly (readonly Cell[])[], caption?: string): Markup {
  const names = rows[0]?.map(([name]) => element("th", { scope: "col" }, name)) ?? [];
  const cells = (row: readonly Cell[]) => row.map(([name, value]) => element("td", { "data-name": name }, value));
  return element(
    "table",
    {},
    ...(caption === undefined ? [] : [element("caption", {}, caption)]),
    element("thead", {}, element("tr", {}, ...names)),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells(row)))),
  );
}

/** Section with a heading and a list. Nothing where the list is empty. */
export const listSection = (heading: string, items: readonly string[]): Markup[] =>
  items.length === 0
    ? []
    : [element("h2", {}, heading), element("ul", {}, ...items.map((item) => element("li", {}, item)))];

/** A picture that scrolls sideways where the screen is narrower than its text can be read. */
export const figure = (picture: string): Markup => element("div", { class: "chart" }, renderedMarkup(picture));

/** One self-contained HTML page. It loads nothing from elsewhere. */
export function htmlPage(title: string, ...body: readonly Markup[]): string {
  const head = [
    element("meta", { charset: "utf-8" }),
    element("meta", { name: "viewport", content: "width=device-width,initial-scale=1" }),
    element("title", {}, title),
    element("style", {}, renderedMarkup(pageStyles)),
  ];
  const lines = body.flatMap((part) => [renderedMarkup("\n"), part]);
  return `<!doctype html>\n${element("html", { lang: "en" }, element("head", {}, ...head), element("body", {}, ...lines)).markup}\n`;
}
