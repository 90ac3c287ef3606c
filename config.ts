import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./model/contract";
import { project } from "./model/names";
import { explain, parseSettings } from "./model/settings";

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
