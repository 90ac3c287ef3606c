/** Text that is already XML or HTML, and so is not escaped again. */
export interface Markup {
  readonly markup: string;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text for XML and HTML. Characters that XML 1.0 forbids become "?". */
export const escapeMarkup = (text: string): string =>
  text
    .replaceAll(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, "?")
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");

/**
 * An element of XML, HTML or SVG.
 *
 * @param attributes - an undefined value leaves the attribute out
 * @param children - strings are escaped; without any, the element is empty, such as `<meta/>`
 */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>> = {},
  ...children: readonly (Markup | string)[]
): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => ` ${attribute}="${escapeMarkup(String(value))}"`)
    .join("");
  const inside = children.map((child) => (typeof child === "string" ? escapeMarkup(child) : child.markup)).join("");
  // HTML has no self-closing elements, so an element with an empty child gets its end tag
  const content = children.length === 0 ? "/>" : `>${inside}</${name}>`;
  return { markup: `<${name}${written}${content}` };
}
