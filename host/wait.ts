import { setTimeout as pause } from "node:timers/promises";

/**
 * Repeats an observation until it satisfies a condition, for a limited time.
 *
 * @param milliseconds - between the end of one observation and the next
 * @returns the last observation, whether or not it satisfies the condition
 */
export async function poll<Seen>(
  seconds: number,
  observe: () => Promise<Seen>,
  isDone: (seen: Seen) => boolean,
  milliseconds = 300,
): Promise<Seen> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const observed = await observe();
    if (isDone(observed) || performance.now() >= deadline) return observed;
    await pause(milliseconds);
  }
}
