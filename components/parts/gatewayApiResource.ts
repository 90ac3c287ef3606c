import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { gatewayApiVersion } from "../../model/traffic/gatewayApi";
import type { GatewaySpec, HttpRouteSpec, WaypointSpec } from "../../model/traffic/gatewayApiKinds";
import type { Cluster } from "../cluster";

interface Kinds {
  Gateway: GatewaySpec | WaypointSpec;
  HTTPRoute: HttpRouteSpec;
}

/** Conditions that Pulumi waits for, with JSONPath as in RFC 9535 (https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/). */
export const waitsFor = {
  /** Nothing. A route is created before its Gateway, whose status shows that it accepted the route. */
  nothing: [],
  /** A Gateway that istiod has configured. */
  programmed: ["condition=Accepted", "condition=Programmed"],
  /** A route that istiod has accepted for callers in the mesh. */
  service: ["Accepted", "ResolvedRefs"].map(
    (type) => `jsonpath={.status.parents[?(@.parentRef.kind=="Service")].conditions[?(@.type=="${type}")].status}=True`,
  ),
} as const;

/** Condition that a listener has accepted at least so many routes. A path ends at a single =, so `>=` is not possible. */
export const attached = (listener: string, routes: number): string =>
  `jsonpath={.status.listeners[?(@.name=="${listener}" && @.attachedRoutes>${routes - 1})].name}`;

/** Time in which istiod accepts a resource. */
const deadline = { create: "3m", update: "3m" };

/** Creates a resource of the Gateway API. Pulumi waits until istiod has set the conditions. */
export function gatewayApiResource<Kind extends keyof Kinds>(
  resource: string,
  kind: Kind,
  metadata: {
    readonly name: string;
    readonly namespace: pulumi.Input<string>;
    readonly labels?: Readonly<Record<string, string>>;
  },
  spec: Kinds[Kind],
  conditions: readonly string[],
  {
    cluster,
    ...opts
  }: {
    readonly cluster: Cluster;
    readonly parent: pulumi.Resource;
    readonly dependsOn?: pulumi.Resource[];
    readonly aliases?: pulumi.Alias[];
  },
): k8s.apiextensions.CustomResource {
  const annotations = conditions.length > 0 && { "pulumi.com/waitFor": JSON.stringify(conditions) };
  return new k8s.apiextensions.CustomResource(
    resource,
    { apiVersion: gatewayApiVersion, kind, metadata: { ...metadata, ...(annotations && { annotations }) }, spec },
    { ...cluster.childOptions(opts.parent), ...opts, customTimeouts: deadline },
  );
}
