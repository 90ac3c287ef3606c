import { placeText } from "../manifests/source";
import type { Coverable, Report } from "./result";

/** Sections below the cases of a report, in their order. A section without rows is not shown. */
export function reportSections(report: Report): { readonly title: string; readonly rows: readonly string[] }[] {
  const { substitutions, leftOut, notes, hints, missingLogs } = report;
  return [
    {
      title: "Not as in your manifests",
      rows: substitutions.map(({ object, place, did }) => `${object}${place ? ` (${place})` : ""}: ${did}`),
    },
    {
      title: "Left out",
      rows: leftOut.map((omitted) => `${omitted.object} (${placeText(omitted)}): ${omitted.why}`),
    },
    { title: "About the environment", rows: notes },
    { title: "istioctl analyze says (hints, no verdict)", rows: hints },
    { title: "Access logs that did not come, so that reasons and coverage may be incomplete", rows: missingLogs },
  ];
}

/** Parts of the manifests that no case used, or perhaps none. */
export const untouchedOf = ({ coverage }: Report): Coverable[] => coverage.filter(({ touched }) => !touched);

export const coverableText = (coverable: Coverable): string => `${placeText(coverable)}: ${coverable.what}`;
