import type { Observation } from "../../../model/checks/result";
import type { Settings } from "../../../model/settings/contract";
import type * as stack from "../../stack/check";
import type { RunningEnvironment } from "../../stack/runningEnvironment";

/** The running environment that checks observe. */
export interface CheckContext extends RunningEnvironment {
  /** Namespace of this run alone, without injection; it is removed afterwards. */
  readonly scratch: string;
}

/** Facts about the machine that the checks run on. */
export interface HostFacts {
  /** True if it reaches addresses in Docker's networks. */
  readonly routesToNodes: boolean;
}

/** One fact that the scenario shows. */
export interface Check extends stack.Check<CheckContext, Observation> {
  readonly step: number;
  readonly title: string;
  /** True if the check applies to these settings on this host. @default it always applies */
  readonly when?: (settings: Settings, host: HostFacts) => boolean;
}
