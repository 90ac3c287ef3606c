import { meshNamespace } from "../names";
import type { KubeObject } from "./objects";
import { trialLabel } from "./pods";

/** Collection of the EnvoyFilters in which markers are. */
export const markersPath = `/apis/networking.istio.io/v1alpha3/namespaces/${meshNamespace}/envoyfilters`;

/**
 * An EnvoyFilter that gives every proxy of the mesh an Envoy cluster named after the run. It is applied after all else: a
 * proxy that has this cluster was sent a configuration with everything before it. Nothing is sent to the cluster.
 *
 * @param run - id that no earlier run had
 */
export const marker = (stack: string, run: string): KubeObject => ({
  apiVersion: "networking.istio.io/v1alpha3",
  kind: "EnvoyFilter",
  metadata: {
    name: `istio-trial-${stack.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}-marker`,
    namespace: meshNamespace,
    labels: { [trialLabel]: stack },
  },
  spec: {
    configPatches: [
      {
        applyTo: "CLUSTER",
        patch: { operation: "ADD", value: { name: markerCluster(run), type: "STATIC", connect_timeout: "1s" } },
      },
    ],
  },
});

/** Name of the Envoy cluster by which a proxy shows that it has a run's configuration. */
export const markerCluster = (run: string): string => `istio-trial-${run}`;
