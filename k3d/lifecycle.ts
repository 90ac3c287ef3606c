import { createHash } from "node:crypto";
import { docker, registryPort } from "../host/docker";
import { type Step, stepsToHealthy } from "../model/cluster/clusterState";
import { dockerNames, k3dConfig } from "../model/cluster/k3dConfig";
import { commandsOf, keptForRollout, replacement } from "../model/cluster/refusals";
import { failureText } from "../model/output/remedy";
import { unready } from "./api";
import { create, takenName } from "./create";
import { look, notReady, refusal, replacementReason, type Seen, usualPatience, type Wanted } from "./look";
import { obstacles } from "./obstacles";
import { remove } from "./remove";
import { runK3d } from "./runK3d";

/** First part of a generation: the same for clusters made from the same settings, wherever the state is kept. */
const fingerprint = ({ settings }: Wanted): string =>
  createHash("sha256")
    .update(JSON.stringify(k3dConfig(settings, { stack: "", state: "" }, "")))
    .digest("hex")
    .slice(0, 12);

/** Resumes paused containers and starts stopped ones, with everything in the cluster as it was. */
async function start(wanted: Wanted, { look }: Seen): Promise<void> {
  const { settings, owner, patience = usualPatience } = wanted;
  const { clusterName, registry } = settings;
  const paused = look.objects.containers.filter(({ state, cluster }) => state === "paused" && cluster === clusterName);
  if (paused.length > 0) await docker(["unpause", ...paused.map(({ ref }) => ref)]);
  // before the nodes, which pull from it
  if (registry) await docker(["start", dockerNames(clusterName).registry]);
  const args = ["cluster", "start", clusterName, "--wait", "--timeout", "120s"];
  const begun = await runK3d(args, owner, { seconds: 150 }).then(
    () => undefined,
    ({ message }: Error) => message,
  );
  const why = begun ?? (await unready(clusterName, look.nodes.length, patience));
  if (why) throw new Error(notReady(wanted, look, why));
}

const steps: Readonly<Record<Step, (wanted: Wanted, seen: Seen) => Promise<void>>> = {
  create,
  start,
  remove: ({ settings, owner, legacyGeneration }) => remove(settings.clusterName, owner, legacyGeneration),
  refuse: async (wanted, seen) => {
    throw new Error(await refusal(wanted, seen));
  },
};

/**
 * Address of the cluster's registry on this host, HOST:PORT.
 *
 * @returns undefined for a cluster without one
 */
export async function registryAddress({ settings }: Pick<Wanted, "settings">): Promise<string | undefined> {
  if (!settings.registry) return undefined;
  // Docker needs no TLS for a registry of this name
  return `localhost:${await registryPort(dockerNames(settings.clusterName).registry)}`;
}

/**
 * Creates, starts or replaces the cluster until it is healthy.
 *
 * @throws Error, without a change, if the cluster is not the stack's or does not answer
 */
export async function ensure(wanted: Wanted): Promise<void> {
  const seen = await look(wanted, wanted.generation, wanted.patience ?? usualPatience);
  for (const step of stepsToHealthy[seen.state]) await steps[step](wanted, seen);
}

/**
 * Removes the cluster of exactly this generation, also when only a part of it is left.
 *
 * Pulumi creates a replacement before it deletes the old cluster, and both have the same name.
 */
export async function ensureAbsent(wanted: Wanted): Promise<void> {
  const { state } = await look(wanted, wanted.generation);
  if (state !== "outdated") await remove(wanted.settings.clusterName, wanted.owner, wanted.legacyGeneration);
}

/** The cluster that a stack builds on. */
export interface Generation {
  readonly generation: string;
  /** Loss that the user has to know of before the cluster is replaced; undefined when nothing is replaced. */
  readonly warning?: string;
}

/**
 * Returns the generation of the healthy cluster, or a new one if Pulumi has to create a cluster.
 *
 * Starts a stopped cluster also for a preview, which compares the stack's resources with a running cluster.
 *
 * @throws Error for a cluster that must not be used or replaced, or with all obstacles to a new one
 */
export async function generation(wanted: Wanted): Promise<Generation> {
  const { settings, owner, legacyGeneration } = wanted;
  const made = fingerprint(wanted);
  const seen = await look(wanted, made, wanted.patience ?? usualPatience);
  const refused = await refusal(wanted, seen);
  if (refused) throw new Error(refused);
  if (seen.state === "stopped") await start(wanted, seen);
  if (["healthy", "stopped"].includes(seen.state) && seen.look.generation) return { generation: seen.look.generation };
  const why = replacementReason(wanted, seen);
  if (wanted.keep) throw new Error(keptForRollout(settings.clusterName, why ?? "it is gone", owner));
  const taken = await takenName(settings.clusterName, owner, legacyGeneration);
  const inTheWay = [...(taken ? [taken] : []), ...(await obstacles(wanted))];
  if (inTheWay.length > 0)
    throw new Error(inTheWay.map((failure) => failureText(failure, commandsOf(owner))).join("\n"));
  const next = `${made}.${wanted.generation}`;
  return why === undefined
    ? { generation: next }
    : { generation: next, warning: replacement(settings.clusterName, why) };
}
