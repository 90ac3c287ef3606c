import type { Settings } from "../../../model/settings/contract";
import type { Mistake } from "../../../model/verification/mistakes";
import type { Seen, Subject } from "../verify/check";
import type { Undo } from "./edit";

/** A mistake and the code that makes it in the running environment. */
export interface Exercise extends Mistake {
  /** True for settings under which the mistake shows an effect. @default always */
  readonly when?: (settings: Settings) => boolean;
  /** Makes the mistake and observes its effect. Calls `onUndo` as soon as a change is made, with how to revert it. */
  readonly make: (subject: Subject, onUndo: (undo: Undo) => void) => Promise<Seen>;
}
