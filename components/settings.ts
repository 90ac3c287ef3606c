import * as pulumi from "@pulumi/pulumi";
import { forCode } from "../model/output/remedy";
import type { Settings } from "../model/settings/contract";
import { groupSettings, type SettingsGroups } from "../model/settings/groups";
import { parseSettings, problemsText } from "../model/settings/parse";

/**
 * Checks settings, adds the defaults, and returns a group for each component: `settings({}).cluster` is for `Cluster`.
 *
 * @throws pulumi.RunError with every problem at once
 */
export function settings(overrides: Partial<Settings> = {}): SettingsGroups {
  const texts = Object.entries(overrides).map(([key, value]) => [key, String(value)]);
  const { settings: accepted, problems } = parseSettings(Object.fromEntries(texts));
  if (!accepted) throw new pulumi.RunError(problemsText(problems, forCode, "the settings"));
  return groupSettings(accepted);
}
