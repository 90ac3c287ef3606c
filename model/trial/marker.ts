import { meshNamespace } from "../names";
import type { KubeObject } from "./manifests/objects";
import { trialLabel } from "./standIns/pods";

/** Collection of the EnvoyFilters in which markers are. */
export const markersPath = `/apis/networking.istio.io/v1alpha3/namespaces/${meshNamespace}/envoyfilters`;

/**
 * Spec of the EnvoyFilter that gives every proxy of the mesh an Envoy cluster. A proxy that has this cluster was sent a
 * configuration with everything that was applied and deleted before. Nothing is sent to the cluster.
 *
 * @param cluster - name that no earlier run had
 */
export const markerSpec = (cluster: string) => ({
  configPatches: [
    {
      applyTo: "CLUSTER",
      patch: { operation: "ADD", value: { name: cluster, type: "STATIC", connect_timeout: "1s" } },
    },
  ],
});

/**
 * The EnvoyFilter as Pulumi creates and removes it. A run changes its spec after Pulumi has ended, since Pulumi deletes what
 * a run no longer has after everything else.
 */
export const marker = (stack: string): KubeObject => ({
  apiVersion: "networking.istio.io/v1alpha3",
  kind: "EnvoyFilter",
  metadata: {
    name: markerName(stack),
    namespace: meshNamespace,
    labels: { [trialLabel]: stack },
  },
  spec: markerSpec("istio-trial"),
});

/** Name of the EnvoyFilter of a stack's runs. */
export const markerName = (stack: string): string =>
  `istio-trial-${stack.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}-marker`;
