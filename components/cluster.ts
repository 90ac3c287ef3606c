import { randomUUID } from "node:crypto";
import { local } from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterSettings } from "../model/k3dConfig";
import { componentType } from "../model/names";

export type ClusterArgs = ClusterSettings;

const script = (action: string): string => `node --import tsx k3d/main.ts ${action}`;

/**
 * Generation of the cluster that is there, or a new one where it has to be made; asked anew in every run.
 *
 * A refusal ends the program by an unhandled RunError, which prints its text alone: as a rejected input it would come
 * once for every resource on the way, wrapped in the names of their properties.
 */
function currentGeneration(cluster: object, opts: pulumi.InvokeOptions): pulumi.Output<string> {
  const CLUSTER = JSON.stringify({ ...cluster, generation: randomUUID() });
  const asked = local.run({ command: script("generation"), environment: { CLUSTER }, logging: "none" }, opts);
  const known = new Promise<string>((resolve) => {
    void asked.then(({ stdout }) => {
      const { generation, refused } = JSON.parse(stdout) as { generation?: string; refused?: string };
      if (generation === undefined) throw new pulumi.RunError(refused ?? "the cluster could not be looked at");
      resolve(generation);
    });
  });
  return pulumi.output(known);
}

/**
 * Lets the stack take back what was edited by hand, or patched by a rollback, where it applies the resource again.
 *
 * Else the API server refuses: the field belongs to who changed it last (https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts).
 */
const takeBack: pulumi.ResourceTransformation = ({ props, opts }) => {
  const { metadata } = props as { metadata?: { annotations?: object } };
  if (!metadata) return undefined;
  const annotations = { ...metadata.annotations, "pulumi.com/patchForce": "true" };
  return { props: { ...props, metadata: { ...metadata, annotations } }, opts };
};

/** A k3d cluster: healthy when its outputs are there, made again when it was deleted or broken by hand. */
export class Cluster extends pulumi.ComponentResource {
  /** An administrator's kubeconfig; secret. */
  readonly kubeconfig: pulumi.Output<string>;
  readonly #provider: k8s.Provider;
  readonly #nodes: local.Command;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Cluster"), name, {}, opts);
    const { clusterName, agents, httpPort, httpsPort, subnet, registry, k3sVersion } = args;
    const settings = { clusterName, agents, httpPort, httpsPort, subnet, registry, k3sVersion };
    const owner = `${pulumi.getProject()}/${pulumi.getStack()}`;
    const generation = currentGeneration({ settings, owner }, { parent: this });

    this.#nodes = new local.Command(
      `${name}-nodes`,
      {
        create: script("create"),
        delete: script("delete"),
        environment: { CLUSTER: pulumi.jsonStringify({ settings, owner, generation }) },
        // a replacement is made before the old cluster is deleted, so that what lives in the old one goes with it
        triggers: [generation],
        addPreviousOutputInEnv: false,
      },
      { parent: this, customTimeouts: { create: "10m", delete: "5m" } },
    );
    const access = new local.Command(
      `${name}-kubeconfig`,
      {
        create: script("kubeconfig"),
        environment: { CLUSTER: JSON.stringify({ settings: { clusterName } }) },
        triggers: [this.#nodes.id, generation],
        logging: "none",
        addPreviousOutputInEnv: false,
      },
      { parent: this, additionalSecretOutputs: ["stdout"] },
    );
    this.kubeconfig = pulumi.secret(access.stdout);
    this.#provider = new k8s.Provider(
      `${name}-provider`,
      {
        kubeconfig: this.kubeconfig,
        clusterIdentifier: pulumi.interpolate`${clusterName}/${generation}`,
        deleteUnreachable: true,
        upsertExistingObjects: true,
        enableSecretMutable: true,
      },
      { parent: this },
    );
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }

  /** Options for a resource of `parent` that lives in the cluster and is gone when the cluster is. */
  within(parent: pulumi.Resource): pulumi.CustomResourceOptions {
    return { parent, provider: this.#provider, deletedWith: this.#nodes, transformations: [takeBack] };
  }
}
