import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type PageName, pagePorts, pageRoute } from "../model/mesh/observability";
import { componentType } from "../model/names";
import type { Settings } from "../model/settings/contract";
import { type SinglePodArgs, singlePod } from "./parts/singlePod";
import { webhookRetry } from "./parts/webhookRetry";

export interface PageArgs
  extends Pick<Settings, "domain" | "httpPort" | "httpsPort">,
    Omit<SinglePodArgs, "app" | "namespace" | "port" | "secrets"> {
  /** Istio's root namespace. */
  readonly meshNamespace: pulumi.Input<string>;
  readonly page: PageName;
}

/** A program of one pod, outside of the mesh, that shows a page behind the ingress gateway. */
export class Page extends pulumi.ComponentResource {
  constructor(name: string, args: PageArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Page"), name, {}, opts);
    const { cluster, meshNamespace: namespace, page } = args;
    const service = singlePod(name, { ...args, namespace, app: page, port: pagePorts[page] }, this);
    new k8s.apiextensions.CustomResource(
      `${name}-route`,
      {
        apiVersion: "networking.istio.io/v1",
        kind: "VirtualService",
        metadata: { name: page, namespace: service.metadata.namespace },
        spec: pageRoute(page, args),
      },
      { ...cluster.within(this), hooks: { onError: [webhookRetry(name)] } },
    );
    this.registerOutputs({});
  }
}
