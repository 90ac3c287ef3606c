import { closest, distance } from "fastest-levenshtein";
import { isMapping } from "../../mapping";
import type { Path } from "../manifests/source";

/** Form of a value of the test format. */
export type Shape =
  | { readonly is: "text"; readonly of?: readonly string[]; readonly pattern?: RegExp; readonly as?: string }
  | { readonly is: "integer"; readonly least: number; readonly most: number }
  | { readonly is: "switch" }
  | { readonly is: "any" }
  | { readonly is: "list"; readonly of: Shape }
  | { readonly is: "map"; readonly of: Shape }
  | { readonly is: "object"; readonly name: string }
  | { readonly is: "either"; readonly of: readonly Shape[] };

/** A key of a mapping of the test format. */
export interface Field {
  readonly shape: Shape;
  readonly does: string;
  readonly required?: boolean;
}

/** The keys of one mapping. */
export type Fields = Readonly<Record<string, Field>>;

/** The keys of each mapping of the format, by the mapping's name. */
export type Table = Readonly<Record<string, Fields>>;

/** Words for the values that a shape allows. */
export function allowed(shape: Shape): string {
  switch (shape.is) {
    case "text":
      return shape.of ? shape.of.join(", ") : (shape.as ?? "a text");
    case "integer":
      return `a whole number from ${shape.least} to ${shape.most}`;
    case "switch":
      return "true or false";
    case "any":
      return "any value";
    case "list":
      return `a list, each ${allowed(shape.of)}`;
    case "map":
      return `a mapping, each value ${allowed(shape.of)}`;
    case "object":
      return `a mapping (${shape.name})`;
    case "either":
      return shape.of.map(allowed).join(" or ");
  }
}

/** True if a value is of the shape's type. The items of lists and the values of mappings are not compared. */
function fits(shape: Shape, value: unknown): boolean {
  switch (shape.is) {
    case "text":
      return typeof value === "string" && (shape.of?.includes(value) ?? true) && (shape.pattern?.test(value) ?? true);
    case "integer":
      return Number.isInteger(value) && (value as number) >= shape.least && (value as number) <= shape.most;
    case "switch":
      return typeof value === "boolean";
    case "any":
      return true;
    case "list":
      return Array.isArray(value);
    case "either":
      return shape.of.some((option) => fits(option, value));
    default:
      return isMapping(value);
  }
}

/** Reports a value that breaks the format, by its path in the file. */
export type ReportProblem = (path: Path, message: string) => void;

/** Compares a value with its shape, and reports every difference. */
export function checkShape(table: Table, shape: Shape, value: unknown, path: Path, report: ReportProblem): void {
  if (!fits(shape, value)) {
    const key = path.filter((part) => typeof part === "string").at(-1) ?? "the file";
    report(path, `${key} = ${JSON.stringify(value)} must be ${allowed(shape)}`);
    return;
  }
  if (shape.is === "either") {
    const chosen = shape.of.find((option) => fits(option, value));
    if (chosen) checkShape(table, chosen, value, path, report);
  }
  if (shape.is === "list")
    for (const [i, item] of (value as unknown[]).entries()) checkShape(table, shape.of, item, [...path, i], report);
  if (shape.is === "map")
    for (const [key, item] of Object.entries(value as object))
      checkShape(table, shape.of, item, [...path, key], report);
  if (shape.is === "object") checkFields(table, shape.name, value as Record<string, unknown>, path, report);
}

function checkFields(
  table: Table,
  name: string,
  value: Record<string, unknown>,
  path: Path,
  report: ReportProblem,
): void {
  const fields = table[name] ?? {};
  const names = Object.keys(fields);
  for (const [key, item] of Object.entries(value)) {
    const field = fields[key];
    if (field) checkShape(table, field.shape, item, [...path, key], report);
    else {
      const near = closest(key, names);
      const hint = distance(key, near) < 3 ? `did you mean ${near}?` : `allowed: ${names.join(", ")}`;
      report([...path, key], `key ${key} is unknown in ${name}; ${hint}`);
    }
  }
  for (const [key, { required }] of Object.entries(fields))
    if (required && !(key in value)) report(path, `${key} is missing in ${name}`);
}
