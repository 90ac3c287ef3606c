import type { Reason } from "../../report/result";
import type { Context } from "../context";

/** Recognises one known mistake in the manifests and in what the request showed; undefined if it is not there. */
export type Mistake = (context: Context) => Reason | undefined;
