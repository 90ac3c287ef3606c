import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { MeshVersions } from "../../model/mesh/revisions";
import { tagConfiguration, validatorConfiguration } from "../../model/mesh/tags";

/**
 * The revision tags and the default validation, each a resource of its own: they move to another control plane while both
 * are installed. A tag that a control plane's chart installs goes with that control plane.
 *
 * @param opts - with the control planes in `dependsOn`: webhooks that nobody serves reject every pod
 */
export function revisionTags(name: string, versions: MeshVersions, opts: pulumi.CustomResourceOptions) {
  const { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } = k8s.admissionregistration.v1;
  return [
    new MutatingWebhookConfiguration(`${name}-tag-stable`, tagConfiguration("stable", versions.app), opts),
    new MutatingWebhookConfiguration(`${name}-tag-default`, tagConfiguration("default", versions.default), opts),
    new ValidatingWebhookConfiguration(`${name}-validator`, validatorConfiguration(versions.default), opts),
  ];
}
