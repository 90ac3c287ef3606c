import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { ownershipLabels } from "../../model/cluster/ownership";
import { ownerOf, project } from "../../model/names";
import versions from "../../versions.json";
import type { Fault, Struck } from "./faults";
import { Invocation } from "./invocation";

const docker = (...args: string[]) =>
  execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

/** An object of somebody else that has a name which the stack's cluster would use. */
interface Other {
  readonly what: string;
  /** Makes it; answers its kind and name for `docker inspect --type`. */
  readonly make: (struck: Struck) => readonly (readonly [kind: string, name: string])[];
}

type Labels = Readonly<Record<string, string>>;
const flags = (labels: Labels) => Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]);

const container = (name: string, labels: Labels = {}, ...options: string[]) => {
  docker("create", "--name", name, ...flags(labels), ...options, versions.registryImage);
  return ["container", name] as const;
};
const volume = (name: string, labels: Labels = {}) => {
  docker("volume", "create", ...flags(labels), name);
  return ["volume", name] as const;
};

/** A node that looks like one of a cluster of ours, with the labels of another owner. */
const node = ({ cluster }: Struck, labels: Labels) =>
  container(`k3d-${cluster}-server-0`, {
    app: "k3d",
    "k3d.cluster": cluster,
    "k3d.role": "server",
    [ownershipLabels.generation]: "000000000000.1",
    ...labels,
  });

const owned = (stack: string, state: string): Labels => ({
  [ownershipLabels.stack]: ownerOf(project, stack),
  [ownershipLabels.id]: "00000000-0000-4000-8000-000000000000",
  [ownershipLabels.state]: state,
});

const others: readonly Other[] = [
  {
    what: "registry of k3d's",
    make: ({ cluster }) => [container(`k3d-${cluster}-registry`, { app: "k3d", "k3d.role": "registry" })],
  },
  { what: "container named as the server", make: ({ cluster }) => [container(`k3d-${cluster}-server-0`)] },
  { what: "container named as the agent", make: ({ cluster }) => [container(`k3d-${cluster}-agent-0`)] },
  {
    what: "network, and a container in it",
    make: ({ cluster }) => {
      docker("network", "create", `k3d-${cluster}`);
      return [["network", `k3d-${cluster}`], container("e2e-my-database", {}, "--network", `k3d-${cluster}`)];
    },
  },
  { what: "volume named as the storage", make: ({ cluster }) => [volume(`k3d-${cluster}-storage`)] },
  { what: "volume named as the images", make: ({ cluster }) => [volume(`k3d-${cluster}-images`)] },
  { what: "cluster that k3d made", make: (struck) => [node(struck, {})] },
  {
    what: "cluster of another checkout",
    make: (struck) => [node(struck, owned(struck.stack, "me@host:/elsewhere/.state"))],
  },
  { what: "cluster of another user", make: (struck) => [node(struck, owned(struck.stack, "you@host:/src/.state"))] },
  { what: "cluster of another stack", make: (struck) => [node(struck, owned("another", "me@host:/elsewhere/.state"))] },
  {
    what: "volume of another checkout",
    make: ({ cluster, stack }) => [volume(`k3d-${cluster}-storage`, owned(stack, "me@host:/elsewhere/.state"))],
  },
  {
    what: "cluster of an earlier version",
    make: (struck) => [node(struck, { [ownershipLabels.stack]: ownerOf(project, struck.stack) })],
  },
];

const inspect = (objects: readonly (readonly [string, string])[]) =>
  // the order of a container's mounts is random
  objects.map(([kind, name]) => docker("inspect", "--type", kind, name).split("\n").sort().join("\n")).join("");

/** An up and a destroy beside something of somebody else, which has to be refused and left byte for byte as it is. */
const beside = ({ what, make }: Other): Fault => ({
  name: "of somebody else",
  where: what,
  fresh: true,
  strike: async (struck) => {
    const objects = make(struck);
    try {
      const before = inspect(objects);
      const up = await new Invocation("up", struck.stack).end();
      assert.equal(inspect(objects), before, "up changed it");
      await new Invocation("destroy", struck.stack).end();
      assert.equal(inspect(objects), before, "destroy changed it");
      assert.notEqual(up.code, 0, "up was not refused");
      return `exit ${up.code}, untouched`;
    } finally {
      for (const [kind, name] of [...objects].reverse())
        docker(...(kind === "container" ? ["rm", "--force", "--volumes", name] : [kind, "rm", name]));
    }
  },
});

/** Faults in which something of somebody else has a name that the cluster would use. */
export const withOthers = (): Fault[] => others.map(beside);
