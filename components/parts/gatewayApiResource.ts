import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { gatewayApiVersion } from "../../model/traffic/gatewayApi";
import type { GatewaySpec, HttpRouteSpec, WaypointSpec } from "../../model/traffic/gatewayApiKinds";
import type { Cluster } from "../cluster";

interface Kinds {
  Gateway: GatewaySpec | WaypointSpec;
  HTTPRoute: HttpRouteSpec;
}

/** Conditions of a route for its parents of one kind. */
const routeConditions = (parent: "Gateway" | "Service") =>
  ["Accepted", "ResolvedRefs"].map(
    (type) =>
      `jsonpath={.status.parents[?(@.parentRef.kind=="${parent}")].conditions[?(@.type=="${type}")].status}=True`,
  );

const programmed = ["condition=Accepted", "condition=Programmed"];

/** Conditions that Pulumi waits for, with JSONPath as in RFC 9535 (https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/). */
const waitsFor = {
  programmed,
  // the route is created before the Gateway, so only the Gateway's status shows that it accepted the route
  attached: [...programmed, 'jsonpath={.status.listeners[?(@.name=="https" && @.attachedRoutes>0)].name}'],
  gateway: routeConditions("Gateway"),
  service: routeConditions("Service"),
} as const;

/** Time in which istiod accepts a resource. */
const deadline = { create: "3m", update: "3m" };

/** A resource of the Gateway API. It is there when istiod has accepted it. */
export function gatewayApiResource<Kind extends keyof Kinds>(
  resource: string,
  kind: Kind,
  metadata: {
    readonly name: string;
    readonly namespace: pulumi.Input<string>;
    readonly labels?: Readonly<Record<string, string>>;
  },
  spec: Kinds[Kind],
  waits: keyof typeof waitsFor,
  {
    cluster,
    ...opts
  }: { readonly cluster: Cluster; readonly parent: pulumi.Resource; readonly dependsOn?: pulumi.Resource[] },
): k8s.apiextensions.CustomResource {
  const annotations = { "pulumi.com/waitFor": JSON.stringify(waitsFor[waits]) };
  return new k8s.apiextensions.CustomResource(
    resource,
    { apiVersion: gatewayApiVersion, kind, metadata: { ...metadata, annotations }, spec },
    { ...cluster.childOptions(opts.parent), ...opts, customTimeouts: deadline },
  );
}
