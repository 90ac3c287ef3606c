import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../model/settings/contract";
import type { ClusterAccess } from "./access";

/**
 * Returns the access to an existing cluster, by a context of the user's kubeconfig.
 *
 * Does not adopt existing resources, and fails when the cluster is unreachable: `upsertExistingObjects` and
 * `deleteUnreachable` are safe only for a cluster that the stack created.
 */
export function existingCluster(
  name: string,
  { kubeContext }: Pick<Settings, "kubeContext">,
  parent: pulumi.Resource,
): ClusterAccess {
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
