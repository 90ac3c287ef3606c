import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterFrom } from "../model/cluster/k3dConfig";
import { pullSecretName } from "../model/cluster/registries";
import { componentType } from "../model/names";
import type { Settings } from "../model/settings/contract";
import { listed, none } from "../model/settings/forms";
import type { Access, Registry } from "./parts/access";
import { existingCluster } from "./parts/existingCluster";
import { k3dCluster } from "./parts/k3dCluster";

export type { Registry } from "./parts/access";

export type ClusterArgs = ClusterFrom & Pick<Settings, "cluster" | "kubeContext" | "existingNamespaces" | "pullSecret">;

/**
 * Lets an apply overwrite fields that were edited by hand or patched by a rollback.
 *
 * Otherwise the API server rejects it: a field belongs to the manager that changed it last (https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts).
 */
const forceConflicts: pulumi.ResourceTransformation = ({ props, opts }) => {
  const { metadata } = props as { metadata?: { annotations?: object } };
  if (!metadata) return undefined;
  const annotations = { ...metadata.annotations, "pulumi.com/patchForce": "true" };
  return { props: { ...props, metadata: { ...metadata, annotations } }, opts };
};

/** The cluster: healthy when its outputs are there. */
export class Cluster extends pulumi.ComponentResource {
  /** An administrator's kubeconfig, empty where the user has it already; secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** The registry beside it, ready to take images; none where there is none. */
  readonly registry: pulumi.Output<Registry> | undefined;
  /** Names of the Secrets with which pods pull, in each of its namespaces; empty where they need none. */
  readonly pullSecrets: readonly string[];
  readonly #pullSecret: string;
  readonly #access: Access;
  readonly #userNamespaces: readonly string[];

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Cluster"), name, {}, opts);
    this.#access = args.cluster === "existing" ? existingCluster(name, args, this) : k3dCluster(name, args, this);
    this.#pullSecret = args.pullSecret;
    this.pullSecrets = args.pullSecret === none ? [] : [pullSecretName];
    this.#userNamespaces = listed(args.existingNamespaces);
    this.kubeconfig = this.#access.kubeconfig;
    this.registry = this.#access.registry;
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }

  /** Options for a resource of `parent` that lives in the cluster and is gone when the cluster is. */
  within(parent: pulumi.Resource): pulumi.CustomResourceOptions {
    const { provider, deletedWith } = this.#access;
    return { parent, provider, transformations: [forceConflicts], ...(deletedWith && { deletedWith }) };
  }

  /** A namespace of `parent`, in which pods can pull; one that is the user's own is labelled only, and stays when the stack goes. */
  namespace(
    resource: string,
    metadata: { name: string; labels?: Readonly<Record<string, string>> },
    parent: pulumi.Resource,
  ): pulumi.Output<string> {
    const Namespace = this.#userNamespaces.includes(metadata.name) ? k8s.core.v1.NamespacePatch : k8s.core.v1.Namespace;
    const { name: namespace } = new Namespace(resource, { metadata }, this.within(parent)).metadata;
    const secrets = this.pullSecrets.map(
      (name) =>
        new k8s.core.v1.Secret(
          `${resource}-${name}`,
          {
            metadata: { name, namespace },
            type: "kubernetes.io/dockerconfigjson",
            stringData: { ".dockerconfigjson": pulumi.secret(this.#pullSecret) },
          },
          this.within(parent),
        ).id,
    );
    return pulumi.all([namespace, pulumi.all(secrets)]).apply(([name]) => name);
  }
}
