import type { Observation } from "../checks/result";
import { ok, problem } from "./finding";

/** True if a version is the required one or newer; both are numbers with dots. */
export function atLeast(version: string, required: string): boolean {
  const numbers = (text: string) => text.split(".").map(Number);
  const [has, needs] = [numbers(version), numbers(required)];
  for (const [i, part] of needs.entries()) if ((has[i] ?? 0) !== part) return (has[i] ?? 0) > part;
  return true;
}

/** The running version of Node, compared with the oldest supported one. */
export const node = (running: string, required: string): Observation =>
  atLeast(running, required)
    ? ok(running)
    : problem(`${running} is too old`, `install Node ${required} or newer from https://nodejs.org`);
