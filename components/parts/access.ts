import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** An image registry, with its address as seen from either side. */
export interface RegistryAddresses {
  /** Host and path to which this machine pushes. */
  readonly push: string;
  /** Host and path from which the nodes of the cluster pull. */
  readonly pull: string;
}

/** Access to a cluster for the resources in it. */
export interface ClusterAccess {
  /** Administrator's kubeconfig; secret, and empty for an existing cluster. */
  readonly kubeconfig: pulumi.Output<string>;
  readonly provider: k8s.Provider;
  /** Registry beside the cluster; resolves when it accepts images. Undefined when there is none. */
  readonly registry?: pulumi.Output<RegistryAddresses>;
  /** Resource whose deletion removes everything in the cluster. Undefined when the stack does not own the cluster. */
  readonly deletedWith?: pulumi.Resource;
}
