import type { EngineEvent } from "@pulumi/pulumi/automation";
import { cliErrors, plainMessage, progressLine, type Step } from "../../model/output/progress";

/** What the commands of the driver end with. */
export const exitCodes = {
  done: 0,
  failed: 1,
  config: 2,
  inconclusive: 3,
  environment: 4,
  notRolledBack: 5,
  cancelled: 130,
} as const;

/** An operation that ended otherwise than asked, with all that a user needs to know. */
export class OperationFailed extends Error {
  override name = "OperationFailed";
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

function stepOf(event: EngineEvent): Step | undefined {
  const begun = event.resourcePreEvent;
  if (begun) return { ...begun.metadata, outcome: "begun" };
  const done = event.resOutputsEvent;
  if (done) return { ...done.metadata, outcome: "done" };
  const failed = event.resOpFailedEvent;
  return failed && { ...failed.metadata, outcome: "failed" };
}

/** Options of an operation that passes Ctrl-C on, once, where no terminal does it. */
export interface OperationOptions {
  readonly onEvent: (event: EngineEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs an up or a destroy with a line of progress for each step, and its errors as text alone.
 *
 * @throws OperationFailed with every error that the engine told
 */
export async function operate<Result>(
  say: (line: string) => void,
  operation: (options: OperationOptions) => Promise<Result>,
): Promise<Result> {
  const start = performance.now();
  const errors = new Set<string>();
  const cancel = new AbortController();
  let cancelled = false;
  const onEvent = (event: EngineEvent) => {
    const step = stepOf(event);
    const line = step && progressLine(step, (performance.now() - start) / 1000);
    if (line) say(line);
    const { severity, message = "" } = event.diagnosticEvent ?? {};
    if (severity === "error") errors.add(plainMessage(message));
  };
  const interrupt = () => {
    if (!cancelled) say("cancelling: steps under way end first");
    cancelled = true;
    if (!process.stdin.isTTY) cancel.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    return await operation({ onEvent, signal: cancel.signal });
  } catch (error) {
    if (cancelled) throw new OperationFailed("cancelled; the next up goes on from here", exitCodes.cancelled);
    throw failure(errors, error as Error);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

function failure(errors: ReadonlySet<string>, { message }: Error): OperationFailed {
  const told = [...errors].filter((text) => text && text !== "update failed");
  const lines = told.length > 0 ? told : cliErrors(message);
  const text = lines.length > 0 ? lines.join("\n") : plainMessage(message);
  const config = /in the stack's configuration/.test(text);
  return new OperationFailed(text, config ? exitCodes.config : exitCodes.failed);
}
