import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { app, componentType, gateway } from "../model/names";
import { effectiveModes, type MtlsSettings, peerAuthentications } from "../model/security/mtls";
import { destinationRuleSpec, gatewaySpec, type RouteSettings, virtualServiceSpec } from "../model/traffic/traffic";
import type { Cluster } from "./cluster";
import { webhookRetry } from "./parts/webhookRetry";

export interface RoutingArgs extends RouteSettings, MtlsSettings {
  readonly cluster: Cluster;
  /** Istio's root namespace. */
  readonly meshNamespace: pulumi.Input<string>;
  readonly appNamespace: pulumi.Input<string>;
}

/** Who reaches which version of the app, and how: Gateway, DestinationRule, VirtualService and PeerAuthentication. */
export class Routing extends pulumi.ComponentResource {
  constructor(name: string, args: RoutingArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Routing"), name, {}, opts);
    const { cluster, meshNamespace, appNamespace, canaryWeight } = args;
    const options = { ...cluster.within(this), hooks: { onError: [webhookRetry(name)] } };
    const resource = (
      api: string,
      kind: string,
      metadata: { name: string; namespace: pulumi.Input<string> },
      spec: object,
      suffix = "",
    ) =>
      new k8s.apiextensions.CustomResource(
        `${name}-${kind.toLowerCase()}${suffix}`,
        { apiVersion: `${api}.istio.io/v1`, kind, metadata, spec },
        options,
      );

    for (const { scope, place, name: own, spec } of peerAuthentications(args))
      resource(
        "security",
        "PeerAuthentication",
        { name: own, namespace: place === "mesh" ? meshNamespace : appNamespace },
        spec,
        scope === "mesh" ? "" : `-${scope}`,
      );
    resource("networking", "Gateway", { name: gateway.name, namespace: meshNamespace }, gatewaySpec(args));
    const subsets = resource(
      "networking",
      "DestinationRule",
      { name: app.name, namespace: appNamespace },
      destinationRuleSpec(),
    );
    resource(
      "networking",
      "VirtualService",
      // the namespace comes from the DestinationRule: a route to a subset that is not there yet answers 503
      { name: app.name, namespace: subsets.metadata.namespace },
      virtualServiceSpec(args),
    );
    this.registerOutputs({ mtls: effectiveModes(args), canaryWeight });
  }
}
