/** The components for programs of your own; `examples/shop` is one. */
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../model/settings/contract";
import { explain, parseSettings } from "../model/settings/parse";

export type { Settings } from "../model/settings/contract";
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
 * All settings, those that are not given by their defaults.
 *
 * @throws pulumi.RunError with every problem at once
 */
export function settings(given: Partial<Settings> = {}): Settings {
  const texts = Object.entries(given).map(([key, value]) => [key, String(value)]);
  const { settings: accepted, problems } = parseSettings(Object.fromEntries(texts));
  if (!accepted) throw new pulumi.RunError(explain(problems));
  return accepted;
}
