import type { IPeerAuthentication } from "@kubernetes-models/istio/security.istio.io/v1/PeerAuthentication";
import type { Settings } from "./contract";
import { app } from "./names";

/** Spec of a PeerAuthentication; automatic mTLS makes clients with a sidecar follow it. */
export const peerAuthenticationSpec = (mode: Settings["mtlsMode"]): NonNullable<IPeerAuthentication["spec"]> => ({
  mtls: { mode },
});

const injectLabel = "sidecar.istio.io/inject";

/**
 * Labels of the app's namespace and pods for each way of injection.
 *
 * Only what is set on a Pod is seen by the injector when it is made, so the annotation in the template makes a
 * change of the namespace's label roll the Deployments (https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/).
 */
export function injection(way: Settings["sidecarInjection"]) {
  const namespaceLabels: Readonly<Record<typeof way, Record<string, string>>> = {
    namespace: { "istio-injection": "enabled" },
    // any istio-injection label on the namespace would overrule the pods' own
    deployment: {},
    off: { "istio-injection": "disabled" },
  };
  return {
    namespaceLabels: namespaceLabels[way],
    podLabels: way === "deployment" ? { [injectLabel]: "true" } : {},
    podAnnotations: { [`${app.name}/sidecar-injection`]: way },
  };
}
