import type * as pulumi from "@pulumi/pulumi";
import { app, gateway } from "../../model/names";
import { destinationRuleSpec, gatewaySpec, type RouteSettings, virtualServiceSpec } from "../../model/traffic/traffic";
import type { Cluster } from "../cluster";
import { istioResource } from "./istioResource";

/** Settings and places of the routes to the app. */
export interface RouteArgs extends RouteSettings {
  readonly cluster: Cluster;
  /** Istio's root namespace. */
  readonly meshNamespace: pulumi.Input<string>;
  readonly appNamespace: pulumi.Input<string>;
  /** Routes of the other pages behind the same Gateway. @default none */
  readonly pageRoutes?: readonly pulumi.Resource[];
}

/**
 * Creates the routes to both versions by Istio's API: DestinationRule, VirtualService and Gateway.
 *
 * @returns the route to oauth2-proxy, which is part of the app's
 */
export function istioRoutes(name: string, args: RouteArgs, parent: pulumi.Resource): pulumi.Resource {
  const { cluster, meshNamespace, appNamespace, pageRoutes = [] } = args;
  const owner = { cluster, parent };
  const subsets = istioResource(
    `${name}-destinationrule`,
    "DestinationRule",
    { name: app.name, namespace: appNamespace },
    destinationRuleSpec(),
    owner,
  );
  const route = istioResource(
    `${name}-virtualservice`,
    "VirtualService",
    // the namespace comes from the DestinationRule, because a route to an unknown subset answers 503
    { name: app.name, namespace: subsets.metadata.namespace },
    virtualServiceSpec(args),
    owner,
  );
  istioResource(
    `${name}-gateway`,
    "Gateway",
    { name: gateway.name, namespace: meshNamespace },
    gatewaySpec(args),
    // Pulumi deletes in the reverse order: a host whose route goes before its Gateway would answer 404
    { ...owner, dependsOn: [route, ...pageRoutes] },
  );
  return route;
}
