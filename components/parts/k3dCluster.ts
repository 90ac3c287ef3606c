import { randomUUID } from "node:crypto";
import { local } from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type ClusterFrom, type ClusterSettings, clusterSettings, dockerNames } from "../../model/cluster/k3dConfig";
import { mirrorLogins } from "../../model/cluster/registries";
import { ownerOf } from "../../model/names";
import type { Settings } from "../../model/settings/contract";
import { scriptCommand } from "../script";
import type { ClusterAccess } from "./access";
import { scriptAnswer } from "./scriptAnswer";

/** Answer of the script to `generation`. */
interface Answer {
  readonly generation: string;
  /** Loss of data that a new cluster would cause. */
  readonly warning?: string;
}

const k3dCommand = (action: string): string => `${scriptCommand("k3d/main")} ${action}`;

/** Echoes a command's earlier output, so that a change of its inputs leaves the output as it is. */
const keepOutput = 'node -p "process.env.PULUMI_COMMAND_STDOUT"';

/**
 * The stack's identity: a random id that lives in the stack's state and labels everything in Docker.
 *
 * It follows the state to another folder or machine, and differs between checkouts, users and stacks. Its deletion,
 * after the cluster's, removes whatever still carries the id, such as a cluster whose create was killed.
 */
function identity(name: string, stack: string, parent: pulumi.Resource): pulumi.Output<string> {
  return new local.Command(
    `${name}-identity`,
    {
      create: 'node -p "crypto.randomUUID()"',
      update: keepOutput,
      delete: k3dCommand("delete-all"),
      environment: { CLUSTER: JSON.stringify({ owner: { stack } }) },
    },
    { parent, customTimeouts: { delete: "5m" } },
  ).stdout;
}

/** Returns the generation of the existing cluster, or a new one when a cluster has to be created. Runs in every run. */
function currentGeneration(
  settings: ClusterSettings,
  owner: pulumi.Output<{ stack: string; id: string }>,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  return owner.apply(async (known) => {
    const environment = { CLUSTER: JSON.stringify({ settings, owner: known, generation: randomUUID() }) };
    const answer = await scriptAnswer<Answer>({ script: "k3d/main generation", environment }, parent);
    if (answer.warning) void pulumi.log.warn(answer.warning, parent);
    return answer.generation;
  });
}

/** Creates the resources of a k3d cluster, which the stack creates, repairs and deletes. */
export function k3dCluster(
  name: string,
  args: ClusterFrom & Pick<Settings, "pullSecret">,
  parent: pulumi.Resource,
): ClusterAccess {
  const settings = clusterSettings(args);
  const { clusterName, registry } = settings;
  const stack = ownerOf(pulumi.getProject(), pulumi.getStack());
  const owner = identity(name, stack, parent).apply((id) => ({ stack, id }));
  const generation = currentGeneration(settings, owner, parent);
  const logins = mirrorLogins(args.registryMirrors, args.pullSecret);

  const nodes = new local.Command(
    `${name}-nodes`,
    {
      create: k3dCommand("create"),
      delete: k3dCommand("delete"),
      environment: { CLUSTER: pulumi.jsonStringify({ settings, owner, generation }) },
      ...(Object.keys(logins).length > 0 && { stdin: pulumi.secret(JSON.stringify(logins)) }),
      // Pulumi creates the new cluster before it deletes the old one, so that it drops the old one's resources with it
      triggers: [generation],
      addPreviousOutputInEnv: false,
    },
    { parent, customTimeouts: { create: "10m", delete: "5m" }, additionalSecretOutputs: ["stdin"] },
  );
  const access = new local.Command(
    `${name}-kubeconfig`,
    {
      create: k3dCommand("kubeconfig"),
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
      upsertExistingObjects: true,
      enableSecretMutable: true,
      enableConfigMapMutable: true,
    },
    { parent },
  );
  // a provider may mark every output of a command with a secret input as a secret
  const registryAddresses = (stdout: string) => ({
    push: (JSON.parse(stdout) as { registry?: string }).registry ?? "",
    pull: `${dockerNames(clusterName).registry}:5000`,
  });
  return {
    kubeconfig,
    provider,
    deletedWith: nodes,
    ...(registry && { registry: pulumi.unsecret(nodes.stdout).apply(registryAddresses) }),
  };
}
