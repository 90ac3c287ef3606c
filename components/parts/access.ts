import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** A registry by the names that it has on either side. */
export interface Registry {
  /** By which this machine pushes, without the image's name. */
  readonly push: string;
  /** By which the cluster's nodes pull. */
  readonly pull: string;
}

/** A cluster as its resources need it. */
export interface Access {
  /** An administrator's kubeconfig, empty where the user has it already; secret. */
  readonly kubeconfig: pulumi.Output<string>;
  readonly provider: k8s.Provider;
  /** The registry beside the cluster, ready to take images; none for a cluster that the stack does not make. */
  readonly registry?: pulumi.Output<Registry>;
  /** Resource whose deletion removes everything in the cluster. Undefined when the stack does not own the cluster. */
  readonly deletedWith?: pulumi.Resource;
}
