import type { Remedy } from "../output/remedy";
import type { Settings } from "./contract";

/** One problem of the configuration. */
export interface Problem {
  readonly key: string;
  /** The value as the user set it. Undefined if the key itself is the problem. */
  readonly value: string | undefined;
  /** The rule that the value breaks, as "must be …". */
  readonly rule: string;
  /** Command that fixes the problem. */
  readonly remedy: Remedy;
}

/** Settings without those whose own rule failed. */
export type AcceptedSettings = Partial<Settings>;
/** A rule that compares several keys. It finds no problem if one of them was already rejected. */
export type CrossRule = (settings: AcceptedSettings) => Problem | undefined;
