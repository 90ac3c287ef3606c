import { type Fields, isMapping } from "../mapping";

export const isText = (value: unknown): boolean => typeof value === "string";
export const isOneOf = (values: readonly string[], value: unknown): boolean => values.includes(String(value));

/** Check of the fields of an entry, by its kind. */
export type EntryShapes = Readonly<Record<string, (fields: Fields) => boolean>>;

/**
 * Returns a parser of the lines of a journal.
 *
 * @returns the entry of a line; undefined for a line that is torn, or that another program wrote
 */
export const lineParser =
  <Entry>(shapes: EntryShapes) =>
  (line: string): Entry | undefined => {
    try {
      const value: unknown = JSON.parse(line);
      if (!isMapping(value) || Number.isNaN(Date.parse(String(value["at"])))) return undefined;
      const kind = String(value["kind"]);
      return Object.hasOwn(shapes, kind) && shapes[kind]?.(value) ? (value as unknown as Entry) : undefined;
    } catch {
      return undefined;
    }
  };
