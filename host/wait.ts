import { setTimeout as pause } from "node:timers/promises";

/**
 * Repeats an observation until it satisfies a condition, for a limited time.
 *
 * @returns the last observation, whether or not it satisfies the condition
 */
export async function watch<Seen>(
  seconds: number,
  observe: () => Promise<Seen>,
  isDone: (seen: Seen) => boolean,
): Promise<Seen> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const seen = await observe();
    if (isDone(seen) || performance.now() >= deadline) return seen;
    await pause(300);
  }
}
