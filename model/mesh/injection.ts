/** Label of a namespace from before revisions. If it is present, the label of the revision has no effect. */
export const injectionLabel = "istio-injection";
/** Label of a namespace or a pod that names the revision, or the tag of a revision, that injects its sidecar. */
export const revisionLabel = "istio.io/rev";
/** Label with which a pod requests a sidecar, or rejects one. */
export const injectLabel = "sidecar.istio.io/inject";

/** Label of a namespace or a pod: `ambient` adds its pods to the mesh without sidecars, and `none` keeps a pod out. */
export const dataplaneLabel = "istio.io/dataplane-mode";

type Labels = Readonly<Record<string, string>>;

/** Labels of a namespace whose pods get no sidecar, whatever labels the pods have. */
export const withoutInjection: Labels = { [injectionLabel]: "disabled" };
/** Labels of a namespace whose pods get sidecars from the default control plane. */
export const withInjection: Labels = { [injectionLabel]: "enabled" };

/**
 * Name of the revision or tag that injects a pod's sidecar. Undefined for a pod without sidecar.
 *
 * https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
 */
export function injectorOf(namespace: Labels, pod: Labels): string | undefined {
  const [legacy, revision] = [namespace[injectionLabel], namespace[revisionLabel]];
  const podValue = pod[injectLabel];
  if (podValue === "false") return undefined;
  if (legacy !== undefined) return legacy === "enabled" ? "default" : undefined;
  return revision ?? pod[revisionLabel] ?? (podValue === "true" ? "default" : undefined);
}

/** Labels of a pod that add it to the mesh, or keep it out. The injector and istio-cni read them before the namespace's. */
export const memberLabels = (dataplane: "sidecar" | "ambient", isMember: boolean): Labels =>
  dataplane === "ambient" ? { [dataplaneLabel]: isMember ? "ambient" : "none" } : { [injectLabel]: String(isMember) };

/** True for a pod that ambient adds to the mesh: the label of the pod decides before that of its namespace. */
export const isInAmbient = (namespace: Labels, pod: Labels): boolean =>
  (pod[dataplaneLabel] ?? namespace[dataplaneLabel]) === "ambient";
