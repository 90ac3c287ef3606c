import { meshNamespace } from "../names";
import { injectionLabel, injectLabel, revisionLabel } from "./injection";
import { istiodOf, revisionOf } from "./revisions";

/** Revision tags: names for a control plane that namespaces can keep while the control plane changes. */
export const tags = {
  /** The app's namespace names this one. */
  stable: "stable",
  /** Istio's own name for the control plane of namespaces with `istio-injection: enabled`. */
  default: "default",
} as const;
export type RevisionTag = keyof typeof tags;

interface Requirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values?: string[];
}
const labelIs = (key: string, value: string): Requirement => ({ key, operator: "In", values: [value] });
const labelIsNot = (key: string, value: string): Requirement => ({ key, operator: "NotIn", values: [value] });
const labelIsAbsent = (key: string): Requirement => ({ key, operator: "DoesNotExist" });

/** Name, requirements of the namespace and requirements of the pod for each webhook of a tag, as in Istio's own charts. */
function selectorsOf(tag: RevisionTag): (readonly [string, Requirement[], Requirement[]])[] {
  const revision = labelIs(revisionLabel, tag);
  const wanted = labelIsNot(injectLabel, "false");
  return [
    ["rev.namespace", [revision, labelIsAbsent(injectionLabel)], [wanted]],
    ["rev.object", [labelIsAbsent(revisionLabel), labelIsAbsent(injectionLabel)], [wanted, revision]],
    ...(tag === "default"
      ? ([
          ["namespace", [labelIs(injectionLabel, "enabled")], [wanted]],
          [
            "object",
            [labelIsAbsent(injectionLabel), labelIsAbsent(revisionLabel)],
            [labelIs(injectLabel, "true"), labelIsAbsent(revisionLabel)],
          ],
        ] satisfies [string, Requirement[], Requirement[]][])
      : []),
  ];
}

const commonLabels = { "app.kubernetes.io/name": "istiod", "app.kubernetes.io/part-of": "istio" };

/**
 * The MutatingWebhookConfiguration that makes a tag name a version's control plane, as `istioctl tag generate` writes it.
 *
 * By the label `istio.io/rev`, istiod recognizes its webhooks. It then keeps their CA bundle, so none is set here.
 */
export const tagConfiguration = (tag: RevisionTag, version: string) => ({
  metadata: {
    name: `istio-revision-tag-${tag}`,
    labels: {
      ...commonLabels,
      app: "sidecar-injector",
      "istio.io/tag": tag as string,
      [revisionLabel]: revisionOf(version),
    },
  },
  webhooks: selectorsOf(tag).map(([name, namespace, pod]) => ({
    name: `${name}.sidecar-injector.istio.io`,
    clientConfig: { service: { name: istiodOf(version), namespace: meshNamespace, path: "/inject", port: 443 } },
    sideEffects: "None",
    rules: [{ operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] }],
    failurePolicy: "Fail",
    reinvocationPolicy: "Never",
    admissionReviewVersions: ["v1"],
    namespaceSelector: { matchExpressions: namespace },
    objectSelector: { matchExpressions: pod },
  })),
});

const validatedGroups = ["security.istio.io", "networking.istio.io", "telemetry.istio.io", "extensions.istio.io"];

/**
 * The ValidatingWebhookConfiguration by which a version's control plane validates Istio's resources.
 *
 * Without it nobody validates resources that carry no revision of their own. If it names a control plane that is gone, the
 * API server rejects every change of them. The base chart would make it before the control plane is there.
 */
export const validatorConfiguration = (version: string) => ({
  metadata: {
    name: "istiod-default-validator",
    labels: { ...commonLabels, app: "istiod", istio: "istiod", [revisionLabel]: revisionOf(version) },
  },
  webhooks: [
    {
      name: "validation.istio.io",
      clientConfig: { service: { name: istiodOf(version), namespace: meshNamespace, path: "/validate" } },
      rules: [{ operations: ["CREATE", "UPDATE"], apiGroups: validatedGroups, apiVersions: ["*"], resources: ["*"] }],
      sideEffects: "None",
      admissionReviewVersions: ["v1"],
    },
  ],
});
