import { exitCodes, OperationFailed } from "../../stack/operation";

/** Handling of the signals that end a run early. */
export interface Interruption {
  /** Resolves as the work does, or rejects at once when the user ends the run. */
  readonly during: <T>(work: Promise<T>) => Promise<T>;
  /** True if the user has ended the run. */
  readonly isEnded: () => boolean;
  /** Gives the signals back. */
  readonly close: () => void;
}

/** The end of a run that the user cancelled, after everything was removed. */
export const cancelledRun = (): OperationFailed =>
  new OperationFailed("cancelled; nothing of the run is left", exitCodes.cancelled);

/** Ends a run at Ctrl-C and SIGTERM, so that what it applied is removed before the command ends. */
export function handleInterruption(say: (line: string) => void): Interruption {
  const stop = new AbortController();
  const onSignal = () => {
    if (!stop.signal.aborted) say("ending early: what was applied is removed first");
    stop.abort(cancelledRun());
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const ended = new Promise<never>((_, reject) => {
    stop.signal.addEventListener("abort", () => reject(stop.signal.reason));
  });
  ended.catch(() => {});
  return {
    during: (work) => Promise.race([work, ended]),
    isEnded: () => stop.signal.aborted,
    close: () => void process.off("SIGINT", onSignal).off("SIGTERM", onSignal),
  };
}
