import type { RunCertificate } from "./certificates/runCertificate";
import type { KubeObject } from "./manifests/objects";

/** Input of the Pulumi program in trial/. The driver writes it to a file, so that plain Pulumi does the same. */
export interface TrialProgram {
  /** Context of the user's own kubeconfig; undefined for a cluster of the environment's own. */
  readonly kubeContext?: string | undefined;
  /** Changes with the cluster, so that nothing is looked for in another one. */
  readonly clusterIdentifier: string;
  readonly objects: readonly KubeObject[];
  readonly certificates: readonly RunCertificate[];
}
