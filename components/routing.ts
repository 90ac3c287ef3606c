import * as pulumi from "@pulumi/pulumi";
import { app, componentType, gateway } from "../model/names";
import { effectiveModes, peerAuthentications } from "../model/security/mtls";
import type { SettingsGroups } from "../model/settings/groups";
import { destinationRuleSpec, gatewaySpec, virtualServiceSpec } from "../model/traffic/traffic";
import type { Cluster } from "./cluster";
import { istioResource } from "./parts/istioResource";

type RoutingSettings = SettingsGroups["routing"];

export interface RoutingArgs extends RoutingSettings {
  readonly cluster: Cluster;
  /** Istio's root namespace. */
  readonly meshNamespace: pulumi.Input<string>;
  readonly appNamespace: pulumi.Input<string>;
}

/** Routes to both versions of the app (Gateway, DestinationRule, VirtualService), and mTLS (PeerAuthentication). */
export class Routing extends pulumi.ComponentResource {
  constructor(name: string, args: RoutingArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Routing"), name, {}, opts);
    const { cluster, meshNamespace, appNamespace, canaryWeight } = args;
    const owner = { cluster, parent: this };

    for (const { scope, place, name: policy, spec } of peerAuthentications(args)) {
      const namespace = place === "mesh" ? meshNamespace : appNamespace;
      const resource = `${name}-peerauthentication${scope === "mesh" ? "" : `-${scope}`}`;
      istioResource(resource, "PeerAuthentication", { name: policy, namespace }, spec, owner);
    }
    istioResource(
      `${name}-gateway`,
      "Gateway",
      { name: gateway.name, namespace: meshNamespace },
      gatewaySpec(args),
      owner,
    );
    const subsets = istioResource(
      `${name}-destinationrule`,
      "DestinationRule",
      { name: app.name, namespace: appNamespace },
      destinationRuleSpec(),
      owner,
    );
    istioResource(
      `${name}-virtualservice`,
      "VirtualService",
      // the namespace comes from the DestinationRule, because a route to an unknown subset answers 503
      { name: app.name, namespace: subsets.metadata.namespace },
      virtualServiceSpec(args),
      owner,
    );
    this.registerOutputs({ mtls: effectiveModes(args), canaryWeight });
  }
}
