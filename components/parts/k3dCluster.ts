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

/**
 * Asks in every run for the generation of the existing cluster, or for a new one when a cluster has to be made.
 *
 * A refusal ends the program by an unhandled RunError, which prints its text alone: as a rejected input it would come
 * once for every resource on the way, wrapped in the names of their properties.
 */
function currentGeneration(
  settings: ClusterSettings,
  owner: pulumi.Output<{ stack: string; id: string }>,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const ask = async (CLUSTER: string): Promise<string> => {
    const options = { command: k3dCommand("generation"), environment: { CLUSTER }, logging: local.Logging.None };
    const { stdout } = await local.run(options, { parent });
    const answer = JSON.parse(stdout) as { generation?: string; warning?: string; refused?: string };
    if (answer.warning) void pulumi.log.warn(answer.warning, parent);
    if (answer.generation !== undefined) return answer.generation;
    throw new pulumi.RunError(answer.refused ?? "the cluster could not be looked at");
  };
  // never rejected: the program ends by the RunError
  const settled = (CLUSTER: string) => new Promise<string>((resolve) => void ask(CLUSTER).then(resolve));
  return owner.apply((known) => settled(JSON.stringify({ settings, owner: known, generation: randomUUID() })));
}

/** A k3d cluster that the stack makes, repairs and deletes. */
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
      // a replacement is made before the old cluster is deleted, so that what lives in the old one goes with it
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
  // a provider may take all that comes of a secret for one
  const beside = (stdout: string) => ({
    push: (JSON.parse(stdout) as { registry?: string }).registry ?? "",
    pull: `${dockerNames(clusterName).registry}:5000`,
  });
  return {
    kubeconfig,
    provider,
    deletedWith: nodes,
    ...(registry && { registry: pulumi.unsecret(nodes.stdout).apply(beside) }),
  };
}
