import { dataplaneLabel, injectLabel, revisionLabel, withoutInjection } from "../mesh/injection";
import { revisionOf } from "../mesh/revisions";
import { tags } from "../mesh/tags";
import { app } from "../names";
import type { Settings } from "../settings/contract";

interface Membership extends Pick<Settings, "dataplane" | "sidecarInjection"> {
  /** Version of the control plane that the tag `stable` names. */
  readonly sidecarVersion: string;
}

/**
 * Labels of the app's namespace and pods that make the pods members of the mesh.
 *
 * With sidecars, the tag `stable` names the injector, which sees a pod only when it is created. The annotations in the
 * template roll the Deployments when the way of injection changes or the tag names another version
 * (https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/). Ambient adds running pods, so there the
 * annotation is that of pods without sidecars.
 */
export function membershipLabels({ dataplane, sidecarInjection, sidecarVersion }: Membership) {
  const source = dataplane === "ambient" ? dataplane : sidecarInjection;
  const byTag = { [revisionLabel]: tags.stable };
  const namespaceLabels: Readonly<Record<typeof source, Readonly<Record<string, string>>>> = {
    namespace: byTag,
    // a label of the namespace would override the label of the pods
    deployment: {},
    off: withoutInjection,
    ambient: { [dataplaneLabel]: "ambient" },
  };
  const podLabels = source === "deployment" ? { [injectLabel]: "true", ...byTag } : {};
  const hasSidecars = source === "namespace" || source === "deployment";
  const revision = hasSidecars ? { [`${app.name}/sidecar-revision`]: revisionOf(sidecarVersion) } : {};
  return {
    namespaceLabels: namespaceLabels[source],
    podLabels,
    podAnnotations: { [`${app.name}/sidecar-injection`]: hasSidecars ? source : "off", ...revision },
  };
}
