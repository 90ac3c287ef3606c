import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../model/settings/contract";
import type { Access } from "./access";

/**
 * A cluster that the user has, by a context of the user's own kubeconfig.
 *
 * What is there already is not taken over, and an unreachable cluster is an error and not a reason to forget what lives
 * in it: both would be right for a cluster of the stack's own only.
 */
export function existingCluster(
  name: string,
  { kubeContext }: Pick<Settings, "kubeContext">,
  parent: pulumi.Resource,
): Access {
  const provider = new k8s.Provider(
    `${name}-provider`,
    {
      context: kubeContext,
      clusterIdentifier: kubeContext,
      enableSecretMutable: true,
      enableConfigMapMutable: true,
    },
    { parent },
  );
  return { kubeconfig: pulumi.secret(""), provider };
}
