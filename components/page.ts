import * as pulumi from "@pulumi/pulumi";
import { type PageName, pageHttpRoute, pagePorts, pageRoute } from "../model/mesh/pages";
import { componentType } from "../model/names";
import type { Settings } from "../model/settings/contract";
import { gatewayApiResource, waitsFor } from "./parts/gatewayApiResource";
import { istioResource } from "./parts/istioResource";
import { type SinglePodArgs, singlePod } from "./parts/singlePod";

export interface PageArgs
  extends Pick<Settings, "routing" | "domain" | "httpPort" | "httpsPort">,
    Omit<SinglePodArgs, "app" | "namespace" | "port" | "secrets"> {
  /** Istio's root namespace. */
  readonly meshNamespace: pulumi.Input<string>;
  readonly page: PageName;
}

/** A program of one pod without a sidecar, and the route from the ingress gateway to its page. */
export class Page extends pulumi.ComponentResource {
  /** Route from the ingress gateway to the page. */
  readonly route: pulumi.Resource;

  constructor(name: string, args: PageArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Page"), name, {}, opts);
    const { cluster, meshNamespace: namespace, page } = args;
    const service = singlePod(name, { ...args, namespace, app: page, port: pagePorts[page] }, this);
    const metadata = { name: page, namespace: service.metadata.namespace };
    const owner = { cluster, parent: this };
    const { nothing } = waitsFor;
    this.route =
      args.routing === "istio"
        ? istioResource(`${name}-route`, "VirtualService", metadata, pageRoute(page, args), owner)
        : gatewayApiResource(`${name}-httproute`, "HTTPRoute", metadata, pageHttpRoute(page, args), nothing, owner);
    this.registerOutputs({});
  }
}
