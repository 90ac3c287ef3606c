import type { ChildProcess } from "node:child_process";

/** Signals that end a command, sent by a user, a closed terminal or a CI job. */
export const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const running = new Set<ChildProcess>();

/**
 * Sends a signal to a command and to everything that it started.
 *
 * @param child - spawned with `detached`, so that it leads a process group
 */
export function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // the group has ended
  }
}

const endAll = () => {
  for (const child of running) killGroup(child, "SIGKILL");
};

/** A process that handles a signal itself decides what becomes of its commands. */
const passOn = (signal: NodeJS.Signals) => {
  if (process.listenerCount(signal) > 1) return;
  for (const child of running) killGroup(child, signal);
  stopListening();
  process.kill(process.pid, signal);
};

function stopListening(): void {
  process.off("exit", endAll);
  for (const signal of endingSignals) process.off(signal, passOn);
}

/**
 * Ends a command when this process ends: a terminal sends Ctrl-C to its own process group only.
 *
 * @returns to be called when the command has ended
 */
export function endWithThisProcess(child: ChildProcess): () => void {
  if (running.size === 0) {
    process.on("exit", endAll);
    for (const signal of endingSignals) process.on(signal, passOn);
  }
  running.add(child);
  return () => {
    running.delete(child);
    if (running.size === 0) stopListening();
  };
}
