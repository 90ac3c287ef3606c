import { type EngineStep, operationVerbs } from "./progress";
import { columns } from "./table";

/** A step of the engine with its time, in seconds since the operation began. */
export interface TimedStep extends EngineStep {
  readonly seconds: number;
}

interface Part {
  readonly changes: Map<string, number>;
  readonly from: number;
  readonly to: number;
}

/** Outermost component of a resource in words, such as "load balancer". Undefined for the component itself and outside one. */
function partOf(urn: string): string | undefined {
  const [outermost = "", ...inner] = urn.split("::")[2]?.split("$") ?? [];
  const name = /:index:([A-Z]\w*)$/.exec(outermost)?.[1];
  return inner.length === 0 ? undefined : name?.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}

function partsOf(steps: readonly TimedStep[]): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>();
  for (const { urn, op, outcome, seconds } of steps) {
    const [name, verb] = [partOf(urn), operationVerbs[op]?.[1]];
    if (!name || !verb || urn.includes("pulumi:providers:")) continue;
    const { changes, from } = parts.get(name) ?? { changes: new Map<string, number>(), from: seconds };
    if (outcome === "done") changes.set(verb, (changes.get(verb) ?? 0) + 1);
    parts.set(name, { changes, from, to: seconds });
  }
  return parts;
}

/** Lines of a table of the parts that an `up` changed, and of the time that each of them took. Empty without a change. */
export function partLines(steps: readonly TimedStep[]): string[] {
  const rows = [...partsOf(steps)].map(([name, { changes, from, to }]) => [
    `  ${name}`,
    [...changes].map(([verb, count]) => `${count} ${verb}`).join(", "),
    `${from.toFixed(0).padStart(3)} s to ${to.toFixed(0).padStart(3)} s`,
  ]);
  return rows.length === 0 ? [] : ["", ...columns([["  part", "resources", "time since the start"], ...rows])];
}
