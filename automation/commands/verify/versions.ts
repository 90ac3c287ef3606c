import { type Answer, countAnswers } from "../../../host/http";
import { app, type Subset } from "../../../model/names";
import { published } from "../../stack/running";
import type { CheckContext } from "./check";

/** What the published images say of themselves. */
const said: Readonly<Record<string, Subset>> = { "1.0.0": "v1", "2.0.0": "v2" };

/** How many requests each version answered, and what else was answered instead. */
export interface Versions {
  readonly counts: Readonly<Record<Subset, number>>;
  readonly others: readonly string[];
}

/**
 * Asks so often which version answers.
 *
 * Published images say it themselves; what stands in the answers of a user's own app is for the user to say, so there
 * the gateway's header tells.
 */
export async function countVersions(context: CheckContext, requests: number): Promise<Versions> {
  const bySubset = ({ status, subset }: Answer) => (status === 200 ? (subset ?? "none") : `status ${status}`);
  const ownApp = context.settings.appSource === "folder";
  const seen = await (ownApp
    ? countAnswers(published(context), requests, bySubset)
    : countAnswers(published(context), requests));
  const counts: Record<Subset, number> = { v1: 0, v2: 0 };
  const others: string[] = [];
  for (const [answer, count] of seen) {
    const subset = ownApp ? app.subsets.find((name) => name === answer) : said[answer];
    if (subset) counts[subset] += count;
    else others.push(answer);
  }
  return { counts, others };
}
