import type { Run } from "./program";

/** Names of the resources whose inputs differ between two runs. */
export function changed(before: Run, after: Run): string[] {
  const text = (run: Run) => new Map(run.resources.map((each) => [each.name, JSON.stringify(each)]));
  const [old, now] = [text(before), text(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
}
