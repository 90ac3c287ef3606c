import { setTimeout as pause } from "node:timers/promises";

/** Looks again and again until it holds, at most so many seconds; answers what was seen last. */
export async function watch<Seen>(
  seconds: number,
  see: () => Promise<Seen>,
  holds: (seen: Seen) => boolean,
): Promise<Seen> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const seen = await see();
    if (holds(seen) || performance.now() >= until) return seen;
    await pause(300);
  }
}
