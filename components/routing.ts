import * as pulumi from "@pulumi/pulumi";
import { componentType } from "../model/names";
import { hasLogin } from "../model/security/login";
import { effectiveModes, peerAuthentications } from "../model/security/mtls";
import type { SettingsGroups } from "../model/settings/groups";
import { gatewayApiRoutes } from "./parts/gatewayApiRoutes";
import { istioResource } from "./parts/istioResource";
import { istioRoutes, type RouteArgs } from "./parts/istioRoutes";

export type RoutingArgs = SettingsGroups["routing"] & RouteArgs;

/** Routes to both versions of the app, by Istio's API or the Gateway API, and mTLS (PeerAuthentication). */
export class Routing extends pulumi.ComponentResource {
  /** Route to oauth2-proxy. Undefined without a login. */
  readonly loginRoute: pulumi.Resource | undefined;

  constructor(name: string, args: RoutingArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Routing"), name, {}, opts);
    const { cluster, meshNamespace, appNamespace, canaryWeight, routing } = args;
    const owner = { cluster, parent: this };

    for (const { scope, place, name: policy, spec } of peerAuthentications(args)) {
      const namespace = place === "mesh" ? meshNamespace : appNamespace;
      const resource = `${name}-peerauthentication${scope === "mesh" ? "" : `-${scope}`}`;
      istioResource(resource, "PeerAuthentication", { name: policy, namespace }, spec, owner);
    }
    const route = (routing === "istio" ? istioRoutes : gatewayApiRoutes)(name, args, this);
    this.loginRoute = hasLogin(args) ? route : undefined;
    this.registerOutputs({ mtls: effectiveModes(args), canaryWeight });
  }
}
