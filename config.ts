import * as pulumi from "@pulumi/pulumi";
import { project } from "./model/names";
import type { Settings } from "./model/settings/contract";
import { explain, parseSettings } from "./model/settings/parse";

/**
 * The stack's settings, checked; the only place that reads the stack's configuration.
 *
 * @throws pulumi.RunError with every problem at once, before any resource is registered
 */
export function loadSettings(): Settings {
  const prefix = `${project}:`;
  const raw = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  const { settings, problems } = parseSettings(Object.fromEntries(raw));
  if (!settings) throw new pulumi.RunError(explain(problems));
  return settings;
}
