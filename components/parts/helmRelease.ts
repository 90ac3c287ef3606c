import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Arguments that every release of this project has. */
const common = {
  /** Seconds in which its pods have to be ready. */
  timeout: 300,
  /**
   * Number of revisions that the cluster keeps, each as a Secret: the default of `helm upgrade --history-max`
   * (https://helm.sh/docs/helm/helm_upgrade/). The provider's default is no limit, and every change of a setting of the mesh
   * makes a revision.
   */
  maxHistory: 10,
} as const;

/** Installs a chart as a Helm release. */
export const helmRelease = (
  name: string,
  args: Omit<k8s.helm.v3.ReleaseArgs, keyof typeof common>,
  opts: pulumi.CustomResourceOptions,
): k8s.helm.v3.Release => new k8s.helm.v3.Release(name, { ...args, ...common }, opts);
