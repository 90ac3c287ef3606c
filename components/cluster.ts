import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { pullSecretName } from "../model/cluster/registries";
import { componentType } from "../model/names";
import { listItems, none } from "../model/settings/forms";
import type { SettingsGroups } from "../model/settings/groups";
import type { ClusterAccess, RegistryAddresses } from "./parts/access";
import { existingCluster } from "./parts/existingCluster";
import { k3dCluster } from "./parts/k3dCluster";

export type { RegistryAddresses } from "./parts/access";

export type ClusterArgs = SettingsGroups["cluster"];

/**
 * Lets an apply overwrite fields that were edited by hand or patched by a rollback.
 *
 * Without it the API server rejects the apply, because a field belongs to the manager that changed it last
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts).
 */
const forceConflicts: pulumi.ResourceTransformation = ({ props, opts }) => {
  const { metadata } = props as { metadata?: { annotations?: object } };
  if (!metadata) return undefined;
  const annotations = { ...metadata.annotations, "pulumi.com/patchForce": "true" };
  return { props: { ...props, metadata: { ...metadata, annotations } }, opts };
};

/** A Kubernetes cluster, made by k3d or existing. It is healthy once its outputs resolve. */
export class Cluster extends pulumi.ComponentResource {
  /** Administrator's kubeconfig; secret, and empty for an existing cluster. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Context of the user's kubeconfig for an existing cluster. */
  readonly context: string;
  /** Registry that runs beside the cluster; resolves when it accepts images. Undefined when there is none. */
  readonly registry: pulumi.Output<RegistryAddresses> | undefined;
  /** Names for `imagePullSecrets`; the Secrets exist in each namespace that `namespace()` returns. */
  readonly pullSecrets: readonly string[];
  readonly #pullSecret: string;
  readonly #access: ClusterAccess;
  readonly #userNamespaces: readonly string[];

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Cluster"), name, {}, opts);
    this.#access = args.cluster === "existing" ? existingCluster(name, args, this) : k3dCluster(name, args, this);
    this.#pullSecret = args.pullSecret;
    this.pullSecrets = args.pullSecret === none ? [] : [pullSecretName];
    this.#userNamespaces = listItems(args.existingNamespaces);
    this.kubeconfig = this.#access.kubeconfig;
    this.context = args.kubeContext;
    this.registry = this.#access.registry;
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }

  /** Options for a child of `parent` that lives in the cluster. Pulumi drops it without a request when the cluster goes. */
  childOptions(parent: pulumi.Resource): pulumi.CustomResourceOptions {
    const { provider, deletedWith } = this.#access;
    return { parent, provider, transformations: [forceConflicts], ...(deletedWith && { deletedWith }) };
  }

  /** Creates a namespace with pull secrets. One of `existingNamespaces` is only labelled, and survives the stack. */
  namespace(
    resource: string,
    metadata: { name: string; labels?: Readonly<Record<string, string>> },
    parent: pulumi.Resource,
  ): pulumi.Output<string> {
    const Namespace = this.#userNamespaces.includes(metadata.name) ? k8s.core.v1.NamespacePatch : k8s.core.v1.Namespace;
    const { name: namespace } = new Namespace(resource, { metadata }, this.childOptions(parent)).metadata;
    const secrets = this.pullSecrets.map(
      (name) =>
        new k8s.core.v1.Secret(
          `${resource}-${name}`,
          {
            metadata: { name, namespace },
            type: "kubernetes.io/dockerconfigjson",
            stringData: { ".dockerconfigjson": pulumi.secret(this.#pullSecret) },
          },
          this.childOptions(parent),
        ).id,
    );
    return pulumi.all([namespace, pulumi.all(secrets)]).apply(([name]) => name);
  }
}
