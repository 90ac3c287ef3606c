import {
  type Document,
  isAlias,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseAllDocuments,
  type Scalar,
  type ScalarTag,
  type Tags,
  visit,
} from "yaml";
import { isTestFile, type Path, type Place, type Problem, type Source } from "./source";

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

/** True for a tag of YAML 1.1 that kubectl does not know: dates, times, sets and binary data. */
const isUnknownToKubectl = (tag: Tags[number]): boolean =>
  typeof tag !== "string" &&
  (/(timestamp|binary|omap|pairs|set)$/.test(tag.tag) || (tag as ScalarTag).format === "TIME");

/**
 * Reads manifests as kubectl does, in YAML 1.1: `yes` is true, 0644 is octal, and `<<` merges. Test files are YAML 1.2, in
 * which `yes` is a text, also with `<<`.
 */
const dialectOf = (file: string) =>
  isTestFile(file)
    ? ({ version: "1.2", merge: true } as const)
    : ({ version: "1.1", customTags: (tags: Tags) => tags.filter((tag) => !isUnknownToKubectl(tag)) } as const);

/** Aliases of one document at most. More of them may grow into any size. */
const mostAliases = 1000;

/** Parses every document of a YAML stream; a document that does not parse becomes a problem, and the others still count. */
export function parseDocuments({ file, text }: Source): { documents: YamlDocument[]; problems: Problem[] } {
  const lines = new LineCounter();
  // the parser's own search for keys that stand twice takes minutes for a mapping with many keys
  const options = { lineCounter: lines, prettyErrors: false, logLevel: "error", uniqueKeys: false } as const;
  const parsed = parseAllDocuments(text, { ...options, ...dialectOf(file) });
  const parsedDocuments = Array.isArray(parsed) ? (parsed as Document[]) : [];
  const place = (offset: number): Place => ({ file, line: lines.linePos(offset).line });
  const template = /^[^#\n]*\{\{/m.test(text) ? `; ${renderFirst}` : "";
  const problems = parsedDocuments.flatMap(({ errors }) =>
    errors.map(({ message, pos }) => ({ ...place(pos[0]), message: `not YAML: ${message}${template}` })),
  );
  const documents: YamlDocument[] = [];
  for (const document of parsedDocuments.filter(({ errors }) => errors.length === 0)) {
    const repeated = repeatedKeys(document);
    problems.push(...repeated.map(({ message, offset }) => ({ ...place(offset), message: `not YAML: ${message}` })));
    if (repeated.length > 0) continue;
    const read = contentOf(document);
    if ("message" in read) problems.push({ ...place(read.offset), message: `not YAML: ${read.message}` });
    else if (read.value !== null && read.value !== undefined)
      documents.push({
        value: read.value,
        place: place(offsetOf(document, [])),
        placeOf: (path: Path) => place(offsetOf(document, path)),
      });
  }
  return { documents, problems };
}

/** Keys that one mapping has twice, with their offsets. The merge key `<<` may repeat. */
function repeatedKeys(document: Document): { message: string; offset: number }[] {
  const problems: { message: string; offset: number }[] = [];
  visit(document, {
    Map: (_key, { items }) => {
      const known = new Set<unknown>();
      for (const { key } of items) {
        const value = isScalar(key) ? key.value : undefined;
        if (value === undefined || value === "<<" || typeof value === "symbol") continue;
        if (known.has(value))
          problems.push({
            message: `key ${value} stands twice in one mapping`,
            offset: (key as Scalar).range?.[0] ?? 0,
          });
        known.add(value);
      }
    },
  });
  return problems;
}

/** Value of a document, or the problem of its aliases. */
function contentOf(document: Document): { value: unknown } | { message: string; offset: number } {
  let message: string | undefined;
  let offset = offsetOf(document, []);
  const anchors = new Set<string>();
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node)) {
        if (anchors.has(node.source)) return undefined;
        message = `alias *${node.source} has no anchor &${node.source} before it`;
        offset = node.range?.[0] ?? offset;
        return visit.BREAK;
      }
      if ("anchor" in node && node.anchor) anchors.add(node.anchor);
      return undefined;
    },
  });
  if (message) return { message, offset };
  try {
    return { value: document.toJS({ maxAliasCount: mostAliases }) };
  } catch {
    return { message: "its aliases repeat too much; write the values out", offset };
  }
}
