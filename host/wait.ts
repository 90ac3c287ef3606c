import { setTimeout as pause } from "node:timers/promises";

/**
 * Repeats an observation until it satisfies a condition, for a limited time.
 *
 * @param milliseconds - between the end of one observation and the next
 * @returns the last observation, whether or not it satisfies the condition
 */
export async function poll<Observation>(
  seconds: number,
  observe: () => Promise<Observation>,
  isDone: (observation: Observation) => boolean,
  milliseconds = 300,
): Promise<Observation> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const observation = await observe();
    if (isDone(observation) || performance.now() >= deadline) return observation;
    await pause(milliseconds);
  }
}
