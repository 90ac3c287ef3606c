import { type AppResponse, countResponses } from "../../../host/http";
import { app, type Subset } from "../../../model/names";
import { type Settings, settingKeys } from "../../../model/settings/contract";
import { publishedTarget } from "../../stack/runningEnvironment";
import type { CheckContext } from "./check";

/** Versions in the answers of the published images. */
const versionTexts: Readonly<Record<string, Subset>> = { "1.0.0": "v1", "2.0.0": "v2" };

/** Number of answers of each version, and other answers. */
export interface VersionCounts {
  readonly counts: Readonly<Record<Subset, number>>;
  readonly others: readonly string[];
}

/** True if the app is the user's: built from folders, or another image than the default one. */
const isOwnApp = ({ appSource, appImage }: Settings): boolean =>
  appSource === "folder" || appImage !== settingKeys.appImage.default;

/**
 * Sends requests, and counts the answers of each version.
 *
 * The published images name their version. The answers of a user's own app can have any content, so there the gateway's
 * header names the version.
 */
export async function countVersions(context: CheckContext, requests: number): Promise<VersionCounts> {
  const bySubset = ({ status, subset }: AppResponse) => (status === 200 ? (subset ?? "none") : `status ${status}`);
  const ownApp = isOwnApp(context.settings);
  const answers = await (ownApp
    ? countResponses(publishedTarget(context), requests, bySubset)
    : countResponses(publishedTarget(context), requests));
  const counts: Record<Subset, number> = { v1: 0, v2: 0 };
  const others: string[] = [];
  for (const [answer, count] of answers) {
    const subset = ownApp ? app.subsets.find((name) => name === answer) : versionTexts[answer];
    if (subset) counts[subset] += count;
    else others.push(answer);
  }
  return { counts, others };
}
