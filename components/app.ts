import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { app, componentType, type Subset } from "../model/names";
import { membershipLabels } from "../model/security/membership";
import { foreignImage, restrictedContainer, restrictedPod } from "../model/security/podSecurity";
import { podPullSecrets } from "../model/security/pullSecrets";
import type { SettingsGroups } from "../model/settings/groups";
import { useWaypoint, waypointLabels, waypointName, waypointReadiness, waypointSpec } from "../model/traffic/waypoint";
import type { Cluster } from "./cluster";
import { gatewayApiResource, waitsFor } from "./parts/gatewayApiResource";

type AppSettings = SettingsGroups["app"];

/** Alias of the waypoint in the state of an earlier version, whose component Routing created it. */
function formerWaypoint(name: string, parent: pulumi.Resource | undefined): pulumi.Alias {
  const routing = name.replace(/app$/, "routing");
  return { name: `${routing}-waypoint`, parent: pulumi.createUrn(routing, componentType("Routing"), parent) };
}

export interface AppArgs extends AppSettings {
  readonly cluster: Cluster;
  /** The image of each version, with tag or digest. */
  readonly images: Readonly<Record<Subset, pulumi.Input<string>>>;
}

/** Both versions of helloworld, the Service in front of them, and its waypoint. */
export class App extends pulumi.ComponentResource {
  /** Namespace of the app; available before its pods are, so that routes need not wait for them. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: AppArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("App"), name, {}, opts);
    const { cluster, images, appSource } = args;
    const { namespaceLabels, podLabels, podAnnotations } = membershipLabels(args);
    const inCluster = cluster.childOptions(this);
    const security =
      appSource === "published" ? { pod: restrictedPod(), container: restrictedContainer } : foreignImage;
    const port = { name: "http", containerPort: app.containerPort };

    this.namespace = cluster.namespace(`${name}-namespace`, { name: app.namespace, labels: namespaceLabels }, this);
    const metadata = { namespace: this.namespace, labels: { app: app.name } };
    const waypoints = args.waypoint ? [this.waypoint(name, cluster, formerWaypoint(name, opts?.parent))] : [];
    new k8s.core.v1.Service(
      `${name}-service`,
      {
        metadata: {
          ...{ ...metadata, name: app.name, annotations: { "pulumi.com/skipAwait": "true" } },
          labels: { ...metadata.labels, ...(args.waypoint && useWaypoint) },
        },
        spec: { selector: { app: app.name }, ports: [{ name: "http", port: app.port, targetPort: "http" }] },
      },
      // ztunnel sends calls to the waypoint as soon as the label names it
      { ...inCluster, dependsOn: waypoints },
    );
    const deployment = (version: Subset) => {
      const labels = { app: app.name, version };
      return new k8s.apps.v1.Deployment(
        `${name}-${version}`,
        {
          metadata: { ...metadata, name: `${app.name}-${version}`, labels },
          spec: {
            replicas: 1,
            // the first pull of the sidecar's image may take minutes
            progressDeadlineSeconds: 180,
            selector: { matchLabels: labels },
            template: {
              metadata: { labels: { ...labels, ...podLabels }, annotations: podAnnotations },
              spec: {
                ...podPullSecrets(cluster.pullSecrets),
                securityContext: security.pod,
                containers: [
                  {
                    name: app.name,
                    image: images[version],
                    securityContext: security.container,
                    ports: [port],
                    // proxies learn of a pod that ends some time after it has begun to: until then it has to answer
                    lifecycle: { preStop: { sleep: { seconds: 5 } } },
                    resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "128Mi" } },
                    readinessProbe: { httpGet: { path: "/", port: port.name }, periodSeconds: 2 },
                    livenessProbe: { httpGet: { path: "/", port: port.name }, periodSeconds: 10 },
                  },
                ],
              },
            },
          },
        },
        { ...inCluster, customTimeouts: { create: "5m", update: "5m" } },
      );
    };
    for (const version of app.subsets) deployment(version);
    this.registerOutputs({ namespace: this.namespace });
  }

  /**
   * Creates the Gateway from which istiod makes the waypoint, and waits until the waypoint's pod is ready. The Gateway is
   * Programmed before that.
   */
  private waypoint(name: string, cluster: Cluster, former: pulumi.Alias): pulumi.Resource {
    const metadata = { name: waypointName, namespace: this.namespace, labels: waypointLabels };
    const owner = { cluster, parent: this, aliases: [former] };
    const gateway = gatewayApiResource(
      `${name}-waypoint`,
      "Gateway",
      metadata,
      waypointSpec,
      waitsFor.programmed,
      owner,
    );
    return new k8s.apps.v1.DeploymentPatch(
      `${name}-waypoint-ready`,
      { metadata: { name: waypointName, namespace: this.namespace, annotations: waypointReadiness } },
      { ...cluster.childOptions(this), dependsOn: [gateway], customTimeouts: { create: "5m", update: "5m" } },
    );
  }
}
