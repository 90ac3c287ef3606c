import * as pulumi from "@pulumi/pulumi";
import { forNpm, forPulumi, npmVariable } from "./model/output/remedy";
import { groupSettings, type SettingsGroups } from "./model/settings/groups";
import { formerKeys } from "./model/settings/namespaces";
import { parseSettings, problemsText } from "./model/settings/parse";

/** Writes remedies for npm if one of its commands started Pulumi, and else for Pulumi's own command line. */
const writer = () =>
  process.env[npmVariable] === undefined ? forPulumi(pulumi.getStack()) : forNpm(pulumi.getStack());

/**
 * Reads and checks the stack's configuration; no other file of the program reads it.
 *
 * @returns a group of settings for each component
 * @throws pulumi.RunError with every problem at once, before any resource is registered
 */
export function loadSettings(): SettingsGroups {
  const config = pulumi.runtime.allConfig();
  const project = pulumi.getProject();
  const prefix = `${project}:`;
  const values = Object.entries(config)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  const { settings, problems } = parseSettings(Object.fromEntries(values));
  const formerKeyProblems = formerKeys(Object.keys(config), project);
  if (!settings || formerKeyProblems.length > 0)
    throw new pulumi.RunError(problemsText([...formerKeyProblems, ...problems], writer()));
  return groupSettings(settings);
}
