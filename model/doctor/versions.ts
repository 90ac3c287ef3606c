import type { Observation } from "../checks/result";
import { compareVersions } from "../mesh/versions";
import { ok, problem } from "./finding";

/** The running version of Node, compared with the oldest supported one. */
export const node = (running: string, required: string): Observation =>
  compareVersions(running, required) >= 0
    ? ok(running)
    : problem(`${running} is too old`, `install Node ${required} or newer from https://nodejs.org`);
