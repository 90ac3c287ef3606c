import { dataplaneLabel, injectionLabel, injectLabel, injectorOf, withInjection } from "../../mesh/injection";
import { useWaypoint } from "../../traffic/waypoint";
import { isApiGateway } from "./gateways";
import { type Manifests, type Texts, titleOf, type UserObject } from "./objects";

const waypointLabel = Object.keys(useWaypoint)[0] as keyof typeof useWaypoint;

/** Class of a Gateway from which istiod makes a waypoint. */
const waypointClass = "istio-waypoint";

/** Leaves out waypoints: the pods of a run have sidecars, which route and check requests themselves. */
export function withoutWaypoints({ objects, leftOut, problems }: Manifests): Manifests {
  const isWaypoint = (object: UserObject) => isApiGateway(object) && object.spec?.gatewayClassName === waypointClass;
  const waypoints = objects.filter(isWaypoint).map((object) => ({
    ...object.$.place,
    object: titleOf(object),
    why: "the pods of a run have sidecars, which use no waypoint",
  }));
  return { objects: objects.filter((object) => !isWaypoint(object)), leftOut: [...leftOut, ...waypoints], problems };
}

interface Change {
  readonly labels: Texts;
  readonly did: readonly string[];
}

/** Labels that add to the mesh by sidecars what ambient would add without them, and that name no waypoint. */
function withSidecars(labels: Texts, injection: (rest: Texts) => Texts): Change {
  const { [dataplaneLabel]: dataplane, [waypointLabel]: waypoint, ...rest } = labels;
  const joins = dataplane === "ambient";
  return {
    labels: { ...rest, ...(joins && injection(rest)), ...(dataplane && !joins && { [dataplaneLabel]: dataplane }) },
    did: [
      ...(joins ? [`pods get sidecars in place of ${dataplaneLabel}: ambient, so ztunnel is not tested`] : []),
      ...(waypoint ? [`sidecars act in place of waypoint ${waypoint}, which is not tested`] : []),
    ],
  };
}

const ofNamespace = (rest: Texts): Texts => {
  const { [injectionLabel]: _, ...others } = rest;
  return injectorOf(others, {}) === undefined ? withInjection : {};
};

/**
 * Lets pods have sidecars where the manifests add them to ambient. Returns undefined for an object that does not mention
 * ambient.
 */
export function sidecarsForAmbient(
  object: UserObject,
): { readonly object: UserObject; readonly did: readonly string[] } | undefined {
  const { kind, metadata, spec } = object;
  if (kind === "Deployment" || kind === "StatefulSet") {
    const template = spec?.template;
    const { labels, did } = withSidecars(template?.metadata?.labels ?? {}, () => ({ [injectLabel]: "true" }));
    const changed = { ...spec, template: { ...template, metadata: { ...template?.metadata, labels } } };
    return did.length > 0 ? { object: { ...object, spec: changed }, did } : undefined;
  }
  const { labels, did } = withSidecars(metadata.labels ?? {}, kind === "Namespace" ? ofNamespace : () => ({}));
  return did.length > 0 ? { object: { ...object, metadata: { ...metadata, labels } }, did } : undefined;
}
