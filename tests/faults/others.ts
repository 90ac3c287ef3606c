import assert from "node:assert/strict";
import { ownershipLabels } from "../../model/cluster/ownership";
import { ownerOf, project } from "../../model/names";
import versions from "../../versions.json";
import { agent, type Fault, registry, server, type Target } from "./fault";
import { type DockerName, docker, inspect, removeObjects } from "./foreignObjects";
import { Invocation } from "./invocation";
import { reason } from "./refusals";

/** An object of somebody else that has a name which the stack's cluster would use. */
interface Other {
  readonly what: string;
  readonly make: (target: Target) => readonly DockerName[];
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
const node = (target: Target, labels: Labels) =>
  container(server(target), {
    app: "k3d",
    "k3d.cluster": target.cluster,
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
    make: (target) => [container(registry(target), { app: "k3d", "k3d.role": "registry" })],
  },
  { what: "container named as the server", make: (target) => [container(server(target))] },
  { what: "container named as the agent", make: (target) => [container(agent(target))] },
  {
    what: "network, and a container in it",
    make: ({ cluster }) => {
      docker("network", "create", `k3d-${cluster}`);
      return [["network", `k3d-${cluster}`], container("e2e-my-database", {}, "--network", `k3d-${cluster}`)];
    },
  },
  { what: "volume named as the storage", make: ({ cluster }) => [volume(`k3d-${cluster}-storage`)] },
  { what: "volume named as the images", make: ({ cluster }) => [volume(`k3d-${cluster}-images`)] },
  { what: "cluster that k3d made", make: (target) => [node(target, {})] },
  {
    what: "cluster of another checkout",
    make: (target) => [node(target, owned(target.stack, "me@host:/elsewhere/.state"))],
  },
  { what: "cluster of another user", make: (target) => [node(target, owned(target.stack, "you@host:/src/.state"))] },
  { what: "cluster of another stack", make: (target) => [node(target, owned("another", "me@host:/elsewhere/.state"))] },
  {
    what: "volume of another checkout",
    make: ({ cluster, stack }) => [volume(`k3d-${cluster}-storage`, owned(stack, "me@host:/elsewhere/.state"))],
  },
  {
    what: "cluster of an earlier version",
    make: (target) => [node(target, { [ownershipLabels.stack]: ownerOf(project, target.stack) })],
  },
];

/** An up and a destroy beside an object of somebody else. The up has to be refused, and neither may change the object. */
const beside = ({ what, make }: Other): Fault => ({
  kind: "object of somebody else",
  where: what,
  needs: "nothing",
  next: "none",
  strike: async (target) => {
    const objects = make(target);
    try {
      const before = inspect(objects);
      const { code, lines } = await new Invocation("up", target.stack).end();
      assert.equal(inspect(objects), before, "up changed it");
      await new Invocation("destroy", target.stack).end();
      assert.equal(inspect(objects), before, "destroy changed it");
      assert.notEqual(code, 0, "up was not refused");
      return `exit ${code}: ${reason(lines)}`;
    } finally {
      removeObjects(objects);
    }
  },
});

/** Faults in which an object of somebody else has a name that the cluster would use. */
export const withOthers = (): Fault[] => others.map(beside);
