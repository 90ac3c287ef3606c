/** Signals with which a user, a terminal that is closed or a CI job ends a command. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs work that can be interrupted by a signal, or by the end of the program that reads the output.
 *
 * Without a handler each of them would end the process at once, in the middle of a step.
 */
export async function untilInterrupted<Result>(work: (interrupted: AbortSignal) => Promise<Result>): Promise<Result> {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  for (const signal of signals) process.on(signal, interrupt);
  process.stdout.on("error", interrupt);
  try {
    return await work(interrupted.signal);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
    process.stdout.off("error", interrupt);
  }
}
