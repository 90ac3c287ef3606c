import type { UserObject } from "./objects";
import { placeText } from "./source";

/** A message of `istioctl analyze -o json`. */
export interface AnalyzerMessage {
  readonly code: string;
  readonly level: string;
  readonly message: string;
  /** Such as `VirtualService shop/web`. */
  readonly origin?: string;
}

/** Messages that are true of what a run makes itself, such as a namespace without sidecars. */
const ownMatter = new Set(["IST0102", "IST0103", "IST0118"]);

/** Warnings and errors of the analyzer as lines with file and line. */
export function analyzerHints(findings: readonly AnalyzerMessage[], objects: readonly UserObject[]): string[] {
  return findings
    .filter(({ level, code }) => level !== "Info" && !ownMatter.has(code))
    .map(({ code, level, message, origin = "" }) => {
      const object = objects.find(({ kind, metadata, $ }) =>
        [`${kind} ${$.namespace}/${metadata.name}`, `${kind} ${metadata.name}`].includes(origin.split(" (")[0] ?? ""),
      );
      return `${level} ${code} ${origin}${object ? ` (${placeText(object.$.place)})` : ""}: ${message}`;
    });
}
