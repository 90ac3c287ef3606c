import { memorySection } from "./memory";
import type { Memory } from "./meshTests";
import { benchTable, type Measured, missedGoals } from "./table";

/** The measurements with the reason for each goal that was missed. */
function results(measured: readonly Measured[]): readonly string[] {
  const missed = missedGoals(measured);
  return [
    benchTable(measured),
    "",
    ...(missed.length > 0 ? ["Goals that are not met, and why:", "", ...missed, ""] : []),
  ];
}

/** Memory of the pods of the mesh test of 10 cases, the largest of all rounds. */
export function memoryLine(memories: readonly Memory[]): string {
  const [own, sidecars] = [
    Math.max(...memories.map(({ standInsAndCallers }) => standInsAndCallers)),
    Math.max(...memories.map((one) => one.sidecars)),
  ];
  return `The servers and callers of the mesh test of 10 cases take ${own.toFixed(0)} MiB together (goal: at most 300 MiB), and their sidecars ${sidecars.toFixed(0)} MiB.`;
}

/** The page about the environment. */
export const benchPage = (
  surroundings: readonly string[],
  measured: readonly Measured[],
  memory: ReadonlyMap<string, number> = new Map(),
): string =>
  [
    "# How fast it is",
    "",
    ...surroundings,
    "",
    "Docker has the image of the nodes already, and the charts are here, as on every up but the first; the nodes pull all other images anew.",
    "",
    ...results(measured),
    "![the ratios, with their goals](bench.svg)",
    "",
    ...memorySection(memory),
  ].join("\n");

/** The section about mesh tests. */
export const meshSection = (
  surroundings: readonly string[],
  measured: readonly Measured[],
  memories: readonly Memory[],
): string =>
  [
    "## Mesh tests",
    "",
    ...surroundings,
    "",
    "`npm run try` applies 6 objects with 3 servers and a caller to an environment that is up, whose node has the images. The script",
    "applies the same objects by `kubectl apply`, waits for the pods, and sends each request by `kubectl exec`. It judges nothing.",
    "",
    ...results(measured),
    memoryLine(memories),
    "",
  ].join("\n");

/** The page with a section in place of the one with the same heading, or at its end. @param section - begins with its heading */
export function withSection(page: string, section: string): string {
  const [heading = ""] = section.split("\n");
  const parts = page.split(/^(?=## )/m).map((part) => part.trim());
  const place = parts.findIndex((part) => part.startsWith(`${heading}\n`));
  parts.splice(place < 0 ? parts.length : place, place < 0 ? 0 : 1, section.trim());
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}
