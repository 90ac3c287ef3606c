import { endingSignals } from "../../../host/processGroup";

/**
 * Runs work, and aborts its signal when the process receives a signal, or when the reader of the output ends.
 *
 * Without these handlers, Node would end the process in the middle of a step.
 */
export async function untilInterrupted<Result>(work: (interrupted: AbortSignal) => Promise<Result>): Promise<Result> {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  for (const signal of endingSignals) process.on(signal, interrupt);
  process.stdout.on("error", interrupt);
  try {
    return await work(interrupted.signal);
  } finally {
    for (const signal of endingSignals) process.off(signal, interrupt);
    process.stdout.off("error", interrupt);
  }
}
