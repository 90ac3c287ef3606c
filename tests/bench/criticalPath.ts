/** One step of an up: what it took, and what it had to wait for. */
export interface TimedStep {
  readonly name: string;
  readonly seconds: number;
  readonly after: readonly string[];
}

/**
 * The chain of steps that took longest one after the other: no order of the same steps can be faster.
 *
 * @returns its seconds, and its names from the first to the last
 */
export function criticalPath(steps: readonly TimedStep[]): { seconds: number; names: readonly string[] } {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const known = new Map<string, { seconds: number; names: readonly string[] }>();
  const to = ({ name, seconds, after }: TimedStep): { seconds: number; names: readonly string[] } => {
    const knownPath = known.get(name);
    if (knownPath) return knownPath;
    const before = after.flatMap((earlier) => {
      const step = byName.get(earlier);
      return step && earlier !== name ? [to(step)] : [];
    });
    const longest = before.reduce((most, each) => (each.seconds > most.seconds ? each : most), {
      seconds: 0,
      names: [],
    });
    const path = { seconds: longest.seconds + seconds, names: [...longest.names, name] };
    known.set(name, path);
    return path;
  };
  return steps.map(to).reduce((most, each) => (each.seconds > most.seconds ? each : most), { seconds: 0, names: [] });
}
