import { revisionLabel } from "../mesh/injection";
import { tags } from "../mesh/tags";
import type { WaypointSpec } from "./gatewayApiKinds";

/** Name of the waypoint in the app's namespace: of its Gateway, and of the Deployment and Service that istiod makes of it. */
export const waypointName = "waypoint";

/** Label of a Service whose calls from ambient pass a waypoint of the same namespace. */
export const useWaypoint = { "istio.io/use-waypoint": waypointName } as const;

/** Labels of the Gateway: the control plane that the tag `stable` names makes its pods. */
export const waypointLabels = {
  [revisionLabel]: tags.stable as string,
  "istio.io/waypoint-for": "service",
};

/** Spec of the Gateway from which istiod makes a waypoint (https://istio.io/latest/docs/ambient/usage/waypoint/). */
export const waypointSpec: WaypointSpec = {
  gatewayClassName: "istio-waypoint",
  listeners: [{ name: "mesh", port: 15008, protocol: "HBONE" }],
};
