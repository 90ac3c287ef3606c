import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../model/contract";
import { peerAuthenticationSpec } from "../model/mtls";
import { app, componentType, gateway } from "../model/names";
import { destinationRuleSpec, gatewaySpec, virtualServiceSpec } from "../model/traffic";
import type { Cluster } from "./cluster";
import { webhookRetry } from "./webhookRetry";

export interface RoutingArgs extends Pick<Settings, "domain" | "httpsPort" | "mtlsMode" | "canaryWeight"> {
  readonly cluster: Cluster;
  /** Istio's root namespace. */
  readonly meshNamespace: pulumi.Input<string>;
  readonly appNamespace: pulumi.Input<string>;
}

/** Who reaches which version of the app, and how: Gateway, DestinationRule, VirtualService and PeerAuthentication. */
export class Routing extends pulumi.ComponentResource {
  constructor(name: string, args: RoutingArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Routing"), name, {}, opts);
    const { cluster, meshNamespace, appNamespace, domain, httpsPort, mtlsMode, canaryWeight } = args;
    const options = { ...cluster.within(this), hooks: { onError: [webhookRetry(name)] } };
    const resource = (
      api: string,
      kind: string,
      metadata: { name: string; namespace: pulumi.Input<string> },
      spec: object,
    ) =>
      new k8s.apiextensions.CustomResource(
        `${name}-${kind.toLowerCase()}`,
        { apiVersion: `${api}.istio.io/v1`, kind, metadata, spec },
        options,
      );

    resource(
      "security",
      "PeerAuthentication",
      { name: "default", namespace: meshNamespace },
      peerAuthenticationSpec(mtlsMode),
    );
    resource(
      "networking",
      "Gateway",
      { name: gateway.name, namespace: meshNamespace },
      gatewaySpec({ domain, httpsPort }),
    );
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
      virtualServiceSpec({ domain, httpsPort, canaryWeight }),
    );
    this.registerOutputs({ mtlsMode, canaryWeight });
  }
}
