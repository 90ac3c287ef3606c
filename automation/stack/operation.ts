import { setTimeout as pause } from "node:timers/promises";
import { ConcurrentUpdateError, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import { exitCodes, OperationFailed } from "../../host/failure";
import type { TimedStep } from "../../model/output/parts";
import { cliErrors, type EngineStep, plainMessage, progressLine } from "../../model/output/progress";
import { settingsOf } from "./stack";
import { configCopy } from "./stackFile";
import { isLocked } from "./stateLocks";
import { removeTemporaryLeftovers } from "./temporaryFiles";

export { exitCodes, OperationFailed } from "../../host/failure";

function stepOf(event: EngineEvent): EngineStep | undefined {
  const begun = event.resourcePreEvent;
  if (begun) return { ...begun.metadata, outcome: "begun" };
  const done = event.resOutputsEvent;
  if (done) return { ...done.metadata, outcome: "done" };
  const failed = event.resOpFailedEvent;
  return failed && { ...failed.metadata, outcome: "failed" };
}

/** Options of an operation of the Automation API. */
export interface OperationOptions {
  readonly onEvent: (event: EngineEvent) => void;
  readonly signal: AbortSignal;
  readonly color: "never";
  readonly suppressProgress: true;
  /** The summary's: to decrypt the history, Pulumi writes its salt into the stack's own file. */
  readonly showSecrets: false;
  /** The stack's configuration in a file of this machine, into which Pulumi may write. */
  readonly configFile: string;
}

/** Milliseconds before a second try: different ones for two commands that were refused at the same moment. */
const shortPause = (): number => 100 + Math.random() * 900;

/**
 * Runs an operation, and tries again once if Pulumi refuses it for a lock that is gone.
 *
 * Pulumi writes its lock and then looks for others (pkg/backend/diy/lock.go), so two commands that start at the same
 * moment may both be refused.
 */
const withSecondTry = <Result>(stack: Stack, operation: () => Promise<Result>): Promise<Result> =>
  operation().catch(async (error: Error) => {
    if (!(error instanceof ConcurrentUpdateError)) throw error;
    await pause(shortPause());
    if (await isLocked(stack.name)) throw error;
    return operation();
  });

/**
 * Runs a preview with a line of progress for each step, and its errors as text alone.
 *
 * SIGTERM cancels it. So does SIGINT, which a terminal also sends to Pulumi itself.
 *
 * @throws OperationFailed with every error that the engine reported
 */
export async function runPreview<Result>(
  stack: Stack,
  say: (line: string) => void,
  operation: (options: OperationOptions) => Promise<Result>,
  onStep = (_step: TimedStep): void => {},
): Promise<Result> {
  const start = performance.now();
  const errors = new Set<string>();
  const cancel = new AbortController();
  let cancelled = false;
  const onEvent = (event: EngineEvent) => {
    const step = stepOf(event);
    const seconds = (performance.now() - start) / 1000;
    const line = step && progressLine(step, seconds);
    if (line) say(line);
    if (step) onStep({ ...step, seconds });
    const { severity, message = "", urn = "" } = event.diagnosticEvent ?? {};
    if (severity === "error") errors.add(plainMessage(message));
    // such a warning names the data that is lost when Pulumi replaces the cluster
    if (severity === "warning" && /:index:Cluster::/.test(urn)) say(`warning: ${plainMessage(message)}`);
  };
  const interrupt = (signal: NodeJS.Signals) => {
    if (!cancelled) say("cancelling: steps under way end first");
    cancelled = true;
    if (signal === "SIGTERM" || !process.stdin.isTTY) cancel.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    const configFile = await configCopy(stack.name);
    const quiet = { color: "never", suppressProgress: true, showSecrets: false } as const;
    return await withSecondTry(stack, () => operation({ ...quiet, onEvent, signal: cancel.signal, configFile }));
  } catch (error) {
    if (cancelled) throw new OperationFailed("cancelled; the next up goes on from here", exitCodes.cancelled);
    throw await failureOf(stack, errors, error as Error);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

/** Runs an up or a destroy like a preview. Unlike a preview it had the stack's lock, so its leftovers can be removed. */
export async function runOperation<Result>(...args: Parameters<typeof runPreview<Result>>): Promise<Result> {
  const result = await runPreview(...args);
  const [{ workspace, name }] = args;
  await removeTemporaryLeftovers(workspace.workDir, name);
  return result;
}

async function failureOf(stack: Stack, errors: ReadonlySet<string>, error: Error): Promise<OperationFailed> {
  if (error instanceof ConcurrentUpdateError)
    return new OperationFailed(
      `another operation on stack ${stack.name} is under way; wait for it, or if it has ended: npm run pulumi -- cancel --stack ${stack.name} --yes`,
      exitCodes.environment,
    );
  const reported = [...errors].filter((text) => text && text !== "update failed");
  const lines = reported.length > 0 ? reported : cliErrors(error.message);
  const text = lines.length > 0 ? lines.join("\n") : plainMessage(error.message);
  // the program refused the configuration if it is wrong with its secrets decrypted
  const isRefused = await settingsOf(stack).then(
    (settings) => settings === undefined,
    () => false,
  );
  return new OperationFailed(text, isRefused ? exitCodes.config : exitCodes.failed);
}
