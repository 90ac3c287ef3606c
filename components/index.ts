/** The components, for your own Pulumi programs; `examples/shop` is one. */
import * as pulumi from "@pulumi/pulumi";
import { forCode } from "../model/output/remedy";
import type { Settings } from "../model/settings/contract";
import { groupSettings, type SettingsGroups } from "../model/settings/groups";
import { explain, parseSettings } from "../model/settings/parse";

export type { Settings } from "../model/settings/contract";
export type { SettingsGroups } from "../model/settings/groups";
export { App, type AppArgs } from "./app";
export { Authentication, type AuthenticationArgs } from "./authentication";
export { Certificates, type CertificatesArgs } from "./certificates";
export { Cluster, type ClusterArgs, type Registry } from "./cluster";
export { Images, type ImagesArgs } from "./images";
export { LoadBalancer, type LoadBalancerArgs } from "./loadBalancer";
export { Login, type LoginArgs } from "./login";
export { Mesh, type MeshArgs } from "./mesh";
export { Observability, type ObservabilityArgs } from "./observability";
export { Page, type PageArgs } from "./page";
export { Routing, type RoutingArgs } from "./routing";

/**
 * Checks settings, adds the defaults, and returns a group for each component: `settings({}).cluster` is for `Cluster`.
 *
 * @throws pulumi.RunError with every problem at once
 */
export function settings(overrides: Partial<Settings> = {}): SettingsGroups {
  const texts = Object.entries(overrides).map(([key, value]) => [key, String(value)]);
  const { settings: accepted, problems } = parseSettings(Object.fromEntries(texts));
  if (!accepted) throw new pulumi.RunError(explain(problems, forCode, "the settings"));
  return groupSettings(accepted);
}
