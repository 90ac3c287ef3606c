import { randomUUID } from "node:crypto";
import { local } from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type ClusterFrom, clusterSettings, dockerNames } from "../../model/cluster/k3dConfig";
import { mirrorLogins } from "../../model/cluster/registries";
import { ownerOf } from "../../model/names";
import type { Settings } from "../../model/settings/contract";
import { script } from "../script";
import type { Access } from "./access";

const command = (action: string): string => `${script("k3d/main")} ${action}`;

/**
 * Generation of the cluster that is there, or a new one where it has to be made; asked anew in every run.
 *
 * A refusal ends the program by an unhandled RunError, which prints its text alone: as a rejected input it would come
 * once for every resource on the way, wrapped in the names of their properties.
 */
function currentGeneration(cluster: object, opts: pulumi.InvokeOptions): pulumi.Output<string> {
  const CLUSTER = JSON.stringify({ ...cluster, generation: randomUUID() });
  const asked = local.run({ command: command("generation"), environment: { CLUSTER }, logging: "none" }, opts);
  const known = new Promise<string>((resolve) => {
    void asked.then(({ stdout }) => {
      const { generation, refused } = JSON.parse(stdout) as { generation?: string; refused?: string };
      if (generation === undefined) throw new pulumi.RunError(refused ?? "the cluster could not be looked at");
      resolve(generation);
    });
  });
  return pulumi.output(known);
}

/** A k3d cluster of the stack's own: made again when it was deleted or broken by hand, and deleted with the stack. */
export function k3dCluster(
  name: string,
  args: ClusterFrom & Pick<Settings, "pullSecret">,
  parent: pulumi.Resource,
): Access {
  const settings = clusterSettings(args);
  const { clusterName, registry } = settings;
  const owner = ownerOf(pulumi.getProject(), pulumi.getStack());
  const generation = currentGeneration({ settings, owner }, { parent });
  const logins = mirrorLogins(args.registryMirrors, args.pullSecret);

  const nodes = new local.Command(
    `${name}-nodes`,
    {
      create: command("create"),
      delete: command("delete"),
      environment: { CLUSTER: pulumi.jsonStringify({ settings, owner, generation }) },
      ...(Object.keys(logins).length > 0 && { stdin: pulumi.secret(JSON.stringify(logins)) }),
      // a replacement is made before the old cluster is deleted, so that what lives in the old one goes with it
      triggers: [generation],
      addPreviousOutputInEnv: false,
    },
    { parent, customTimeouts: { create: "10m", delete: "5m" }, additionalSecretOutputs: ["stdin"] },
  );
  const access = new local.Command(
    `${name}-kubeconfig`,
    {
      create: command("kubeconfig"),
      environment: { CLUSTER: JSON.stringify({ settings: { clusterName } }) },
      triggers: [nodes.id, generation],
      logging: "none",
      addPreviousOutputInEnv: false,
    },
    { parent, additionalSecretOutputs: ["stdout"] },
  );
  const kubeconfig = pulumi.secret(access.stdout);
  const provider = new k8s.Provider(
    `${name}-provider`,
    {
      kubeconfig,
      clusterIdentifier: pulumi.interpolate`${clusterName}/${generation}`,
      deleteUnreachable: true,
      upsertExistingObjects: true,
      enableSecretMutable: true,
      enableConfigMapMutable: true,
    },
    { parent },
  );
  // a provider may take all that comes of a secret for one
  const beside = (stdout: string) => ({
    push: (JSON.parse(stdout) as { registry?: string }).registry ?? "",
    pull: `${dockerNames(clusterName).registry}:5000`,
  });
  return {
    kubeconfig,
    provider,
    goneWith: nodes,
    ...(registry && { registry: pulumi.unsecret(nodes.stdout).apply(beside) }),
  };
}
