import type { Texts, UserObject } from "./objects";
import { matchesHost } from "./services";

/** Class of the Ingresses that istiod serves: `ingressClass` of its MeshConfig, which the environment leaves as it is. */
const servedClass = "istio";
const annotation = "kubernetes.io/ingress.class";

/** Ingresses with a rule for a host; a rule without a host is for every one. */
export const ingressesFor = (host: string, objects: readonly UserObject[]): UserObject[] =>
  objects.filter(
    ({ kind, spec }) =>
      kind === "Ingress" &&
      ((spec?.rules ?? []) as { host?: string }[]).some(({ host: pattern = "*" }) => matchesHost(pattern, host)),
  );

/**
 * Reason why istiod does not serve an Ingress. Undefined if it does.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/kubernetes-ingress/
 */
export function unservedReason({ metadata, spec }: UserObject): string | undefined {
  const named = (metadata.annotations as Texts | undefined)?.[annotation];
  const { ingressClassName } = (spec ?? {}) as { ingressClassName?: string };
  if (named === servedClass) return undefined;
  if (named !== undefined) return `has the class ${named}`;
  if (ingressClassName !== undefined)
    return `has the ingressClassName ${ingressClassName}, and no IngressClass of that name has the controller istio.io/ingress-controller`;
  return "names no class";
}

/** The annotation that makes istiod serve an Ingress. */
export const servingAnnotation = `annotations: { ${annotation}: ${servedClass} }`;
