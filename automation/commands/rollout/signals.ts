/** Signals that end a command, sent by a user, a closed terminal or a CI job. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs work, and aborts its signal when the process receives a signal, or when the reader of the output ends.
 *
 * Without these handlers, Node would end the process in the middle of a step.
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
