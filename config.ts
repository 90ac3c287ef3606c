import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./model/settings/contract";
import { formerKeys } from "./model/settings/namespaces";
import { explain, parseSettings } from "./model/settings/parse";

/**
 * The stack's settings, checked; the only place that reads the stack's configuration.
 *
 * @throws pulumi.RunError with every problem at once, before any resource is registered
 */
export function loadSettings(): Settings {
  const config = pulumi.runtime.allConfig();
  const project = pulumi.getProject();
  const prefix = `${project}:`;
  const own = Object.entries(config)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  const { settings, problems } = parseSettings(Object.fromEntries(own));
  const former = formerKeys(Object.keys(config), project);
  if (!settings || former.length > 0) throw new pulumi.RunError(explain([...former, ...problems]));
  return settings;
}
