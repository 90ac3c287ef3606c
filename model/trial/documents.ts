import { type Document, isNode, isPair, isScalar, LineCounter, parseAllDocuments } from "yaml";
import type { Path, Place, Problem, Source } from "./source";

/** One document of a YAML stream, with the line of every value in it. */
export interface YamlDocument {
  readonly value: unknown;
  readonly place: Place;
  /** Line of the value at a path, or of its nearest parent that exists. */
  readonly placeOf: (path: Path) => Place;
}

function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    // a key says more than its value, which may begin on the next line
    const pair =
      isNode(parent) && "items" in parent
        ? (parent.items as unknown[]).find((item) => isPair(item) && isScalar(item.key) && item.key.value === key)
        : undefined;
    if (isPair(pair) && isScalar(pair.key) && pair.key.range) return pair.key.range[0];
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? document.range?.[0] ?? 0;
}

/** Advice for a template of Helm. */
export const renderFirst = "templates of Helm must be rendered first: helm template CHART | npm run try -- - TESTS";

/** Parses every document of a YAML stream; a document that does not parse becomes a problem, and the others still count. */
export function parseDocuments({ file, text }: Source): { documents: YamlDocument[]; problems: Problem[] } {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const all = Array.isArray(parsed) ? (parsed as Document[]) : [];
  const place = (offset: number): Place => ({ file, line: lines.linePos(offset).line });
  const template = /^[^#\n]*\{\{/m.test(text) ? `; ${renderFirst}` : "";
  const problems = all.flatMap(({ errors }) =>
    errors.map(({ message, pos }) => ({ ...place(pos[0]), message: `not YAML: ${message}${template}` })),
  );
  const documents = all
    .filter((document) => document.errors.length === 0)
    .map((document) => ({ document, value: plain(document) }))
    .filter(({ value }) => value !== null && value !== undefined)
    .map(({ document, value }) => ({
      value,
      place: place(offsetOf(document, [])),
      placeOf: (path: Path) => place(offsetOf(document, path)),
    }));
  return { documents, problems };
}

function plain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch {
    return undefined;
  }
}
