import type { Reason } from "../../report/result";
import type { Context } from "../context";

/** Recognises one known mistake by the manifests and by the result of the request. Undefined if it is not there. */
export type Mistake = (context: Context) => Reason | undefined;

/** The mistakes, for requests that meet a condition. */
export const onlyIf = (condition: (context: Context) => boolean, mistakes: readonly Mistake[]): readonly Mistake[] =>
  mistakes.map((mistake) => (context) => (condition(context) ? mistake(context) : undefined));
