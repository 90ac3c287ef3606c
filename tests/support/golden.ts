import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc";
import { structuredPatch } from "diff";
import { Document, isScalar, visit } from "yaml";
import type { Run } from "./program";

/**
 * Compares a generated text with the file that holds it. `npm run golden` sets UPDATE_GOLDEN=1,
 * which writes the file first.
 */
export function assertGolden(file: string, text: string): void {
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, text);
  assert.equal(existsSync(file) && readFileSync(file, "utf8"), text, `${file} is outdated; rewrite it: npm run golden`);
}

/** Replaces a string by `{ JSON: value }` when it is exactly the compact JSON of an object or an array. */
function openJson(value: unknown): unknown {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return JSON.stringify(parsed) === value ? { JSON: parsed } : value;
  } catch {
    return value;
  }
}

/** Makes the value of a resource readable and independent of the date. */
function openValue(key: string, value: unknown): unknown {
  if (key === "replacementTrigger") return "renewal window";
  const { [specialSigKey]: signature, value: secret } = (value ?? {}) as Record<string, unknown>;
  return signature === specialSecretSig ? { SECRET: secret } : openJson(value);
}

/** Length up to which a list of scalars is written on one line. */
const shortLine = 100;

/** The value as YAML: one line for each field, and for a short list of scalars, so that one change is one line. */
function yaml(value: unknown): string {
  const document = new Document(JSON.parse(JSON.stringify(value, openValue)));
  visit(document, {
    Seq: (_key, list) => {
      list.flow = list.items.every(isScalar) && JSON.stringify(list).length <= shortLine;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Omits the API version and kind of a Kubernetes object when its type, which the title shows, says the same. */
function withoutType({ type, name: _name, ...rest }: Run["resources"][number]): object {
  const { apiVersion, kind, ...inputs } = rest.inputs ?? {};
  const group = apiVersion === "v1" ? "core/v1" : apiVersion;
  return type === `kubernetes:${group}:${kind}` ? { ...rest, inputs } : rest;
}

/** The resources and outputs of a run as YAML, by title: "type name", and "outputs". */
export type Sections = Readonly<Record<string, string>>;

export function sections({ resources, outputs }: Run): Sections {
  return Object.fromEntries([
    ...resources.map((resource) => [`${resource.type} ${resource.name}`, yaml(withoutType(resource))]),
    ["outputs", yaml(outputs)],
  ]);
}

const prefixed = (prefix: string, text: string): string => text.trimEnd().replace(/^/gm, prefix);

/** The base golden: every section with its title. */
export const wholeText = (run: Sections): string =>
  Object.entries(run)
    .map(([title, text]) => `${title}:\n${prefixed("  ", text)}\n`)
    .join("");

const indentation = (line: string): number => line.search(/[^ -]|-(?! )/);

/** The YAML keys that enclose a line, from the outermost, for the header of a hunk. */
function enclosingKeys(lines: readonly string[], index: number): readonly string[] {
  let limit = indentation(lines[index] ?? "");
  const keys: string[] = [];
  for (const line of lines.slice(0, index).reverse()) {
    if (indentation(line) >= limit) continue;
    limit = indentation(line);
    keys.unshift(
      line
        .trim()
        .replace(/^(- )+/, "")
        .replace(/:.*$/, ""),
    );
  }
  return keys;
}

function changes(before: string, after: string): string {
  const [old, current] = [before.split("\n"), after.split("\n")];
  return structuredPatch("", "", before, after, "", "", { context: 0 })
    .hunks.map(({ oldStart, newStart, newLines, lines }) => {
      const keys = newLines > 0 ? enclosingKeys(current, newStart - 1) : enclosingKeys(old, oldStart - 1);
      return `${keys.length > 0 ? `@@ ${keys.join(".")}\n` : ""}${lines.join("\n")}\n`;
    })
    .join("");
}

/**
 * The difference between two runs: removed resources by title, added resources whole, changed
 * resources as a diff of their YAML under the path of the enclosing keys.
 */
export function difference(before: Sections, after: Sections): string {
  const titles = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return titles
    .map((title) => {
      const [old, current] = [before[title], after[title]];
      if (old === current) return "";
      if (current === undefined) return `removed ${title}\n`;
      if (old === undefined) return `added ${title}\n${prefixed("+", current)}\n`;
      return `changed ${title}\n${changes(old, current)}`;
    })
    .filter((text) => text !== "")
    .join("\n");
}
