import type { Remedy } from "../output/remedy";
import type { Settings } from "./contract";

/** One thing wrong with the configuration. */
export interface Problem {
  readonly key: string;
  /** The value as the user gave it; undefined when the key itself is the problem. */
  readonly value: string | undefined;
  /** The rule that is broken, as "must be …". */
  readonly rule: string;
  /** Command that fixes the problem. */
  readonly remedy: Remedy;
}

/** Settings without those whose own rule failed. */
export type AcceptedSettings = Partial<Settings>;
/** A rule that needs more than one key, silent where one of them is already refused. */
export type CrossRule = (settings: AcceptedSettings) => Problem | undefined;
