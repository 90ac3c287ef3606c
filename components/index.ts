/** The components, for your own Pulumi programs; `examples/shop` is one. */
export type { Settings } from "../model/settings/contract";
export type { SettingsGroups } from "../model/settings/groups";
export { App, type AppArgs } from "./app";
export { Authentication, type AuthenticationArgs } from "./authentication";
export { Certificates, type CertificatesArgs } from "./certificates";
export { Cluster, type ClusterArgs, type RegistryAddresses as Registry } from "./cluster";
export { Environment } from "./environment";
export { Images, type ImagesArgs } from "./images";
export { LoadBalancer, type LoadBalancerArgs } from "./loadBalancer";
export { Login, type LoginArgs } from "./login";
export { Mesh, type MeshArgs } from "./mesh";
export { Observability, type ObservabilityArgs } from "./observability";
export { Page, type PageArgs } from "./page";
export { Routing, type RoutingArgs } from "./routing";
export { settings } from "./settings";
