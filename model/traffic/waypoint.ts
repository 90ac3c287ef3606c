import { revisionLabel } from "../mesh/injection";
import { tags } from "../mesh/tags";
import type { WaypointSpec } from "./gatewayApiKinds";

/** Name of the waypoint's Gateway in the app's namespace, and of the Deployment and Service that istiod creates for it. */
export const waypointName = "waypoint";

/** Label of a Service whose callers in ambient connect through a waypoint of the same namespace. */
export const useWaypoint = { "istio.io/use-waypoint": waypointName } as const;

/** Labels of the Gateway. The control plane that the tag `stable` names creates its pods. */
export const waypointLabels = {
  [revisionLabel]: tags.stable as string,
  "istio.io/waypoint-for": "service",
};

/**
 * Annotation of the waypoint's Deployment, by which Pulumi waits for its pod. istiod sets the annotations of `infrastructure` on
 * the Deployment, or those of the Gateway if there are none, so that any other value would be replaced after each `up`.
 */
export const waypointReadiness = { "pulumi.com/waitFor": "condition=Available" } as const;

/** Spec of the Gateway from which istiod makes a waypoint (https://istio.io/latest/docs/ambient/usage/waypoint/). */
export const waypointSpec: WaypointSpec = {
  gatewayClassName: "istio-waypoint",
  listeners: [{ name: "mesh", port: 15008, protocol: "HBONE" }],
  infrastructure: { annotations: waypointReadiness },
};
