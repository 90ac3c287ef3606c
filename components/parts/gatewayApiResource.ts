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
  /** A Gateway that works. */
  programmed: ["condition=Accepted", "condition=Programmed"],
  /** A route that callers in the mesh use. */
  service: ["Accepted", "ResolvedRefs"].map(
    (type) => `jsonpath={.status.parents[?(@.parentRef.kind=="Service")].conditions[?(@.type=="${type}")].status}=True`,
  ),
} as const;

/** Waits until a listener of a Gateway has accepted at least so many routes. There is no `>=`: a single = ends the path. */
export const attached = (listener: string, routes: number): string =>
  `jsonpath={.status.listeners[?(@.name=="${listener}" && @.attachedRoutes>${routes - 1})].name}`;

/** Time in which istiod accepts a resource. */
const deadline = { create: "3m", update: "3m" };

/** A resource of the Gateway API. It is there when istiod has set the conditions. */
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
  }: { readonly cluster: Cluster; readonly parent: pulumi.Resource; readonly dependsOn?: pulumi.Resource[] },
): k8s.apiextensions.CustomResource {
  const annotations = conditions.length > 0 && { "pulumi.com/waitFor": JSON.stringify(conditions) };
  return new k8s.apiextensions.CustomResource(
    resource,
    { apiVersion: gatewayApiVersion, kind, metadata: { ...metadata, ...(annotations && { annotations }) }, spec },
    { ...cluster.childOptions(opts.parent), ...opts, customTimeouts: deadline },
  );
}
