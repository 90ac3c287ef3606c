import type { IDestinationRule } from "@kubernetes-models/istio/networking.istio.io/v1/DestinationRule";
import type { IGateway } from "@kubernetes-models/istio/networking.istio.io/v1/Gateway";
import type { IVirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import type { IAuthorizationPolicy } from "@kubernetes-models/istio/security.istio.io/v1/AuthorizationPolicy";
import type { IPeerAuthentication } from "@kubernetes-models/istio/security.istio.io/v1/PeerAuthentication";
import type { IRequestAuthentication } from "@kubernetes-models/istio/security.istio.io/v1/RequestAuthentication";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../cluster";
import { webhookRetry } from "./webhookRetry";

interface Kinds {
  AuthorizationPolicy: IAuthorizationPolicy;
  DestinationRule: IDestinationRule;
  Gateway: IGateway;
  PeerAuthentication: IPeerAuthentication;
  RequestAuthentication: IRequestAuthentication;
  VirtualService: IVirtualService;
}

const apiVersions: Readonly<Record<keyof Kinds, string>> = {
  AuthorizationPolicy: "security.istio.io/v1",
  DestinationRule: "networking.istio.io/v1",
  Gateway: "networking.istio.io/v1",
  PeerAuthentication: "security.istio.io/v1",
  RequestAuthentication: "security.istio.io/v1",
  VirtualService: "networking.istio.io/v1",
};

/** Creates an Istio resource. Pulumi retries that while istiod's validating webhook is starting. */
export function istioResource<Kind extends keyof Kinds>(
  resource: string,
  kind: Kind,
  metadata: { readonly name: string; readonly namespace: pulumi.Input<string> },
  spec: pulumi.Input<NonNullable<Kinds[Kind]["spec"]>>,
  {
    cluster,
    ...opts
  }: { readonly cluster: Cluster; readonly parent: pulumi.Resource; readonly dependsOn?: pulumi.Resource[] },
): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(
    resource,
    { apiVersion: apiVersions[kind], kind, metadata, spec },
    { ...cluster.childOptions(opts.parent), ...opts, hooks: { onError: [webhookRetry(resource)] } },
  );
}
