import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { agent, type Fault, registry, server, type Target } from "./fault";
import { docker } from "./foreignObjects";
import { Invocation } from "./invocation";
import { givenUp } from "./kills";
import { incarnation, refusal } from "./refusals";

const byHand = (where: string, damage: (target: Target) => unknown): Fault => ({
  kind: "damage by hand",
  where,
  needs: "environment",
  next: "up",
  strike: async (target) => {
    damage(target);
    return "done";
  },
});

/** An up that has to fail with a key's value, which is removed before the next up. */
const failing = (
  where: string,
  [key, value]: readonly [key: string, value: string],
  surround: (target: Target, isBroken: boolean) => unknown = () => {},
): Fault => ({
  kind: "failing up",
  where,
  needs: "environment",
  next: "up",
  strike: async (target) => {
    const config = (...args: string[]) =>
      execFileSync("pulumi", ["config", ...args, "--stack", target.stack], { stdio: "ignore" });
    surround(target, true);
    config("set", key, value);
    const { code, seconds } = await new Invocation("up", target.stack).end();
    surround(target, false);
    config("rm", key);
    if (code === 0) throw new Error("up ended with exit code 0");
    return `exit ${code} after ${Math.round(seconds)} s`;
  },
});

/** Ends or starts the control plane. */
function scaleIstiod(target: Target, isBroken: boolean): void {
  const deployments = ["deployment", "-l", "app=istiod"];
  const scale = ["kubectl", "scale", "-n", "istio-system", ...deployments, `--replicas=${isBroken ? 0 : 1}`];
  docker("exec", server(target), ...scale);
}

/** One more node, as a user adds it. Neither command may change the cluster, and both name the node. */
const addedNode: Fault = {
  kind: "object of somebody else in the cluster",
  where: "node by k3d node create",
  needs: "environment",
  next: "up",
  strike: async (target) => {
    const image = docker("inspect", "--format", "{{.Config.Image}}", server(target)).trim();
    const options = ["--cluster", target.cluster, "--role", "agent", "--image", image];
    execFileSync("k3d", ["node", "create", `${target.cluster}-extra`, ...options], { stdio: "ignore" });
    const name = `k3d-${target.cluster}-extra-0`;
    try {
      const before = incarnation(target);
      const message = await refusal("up", target);
      assert.match(await refusal("destroy", target), new RegExp(`: ${name};`));
      assert.equal(incarnation(target), before, "a command changed the cluster");
      return message;
    } finally {
      docker("rm", "--force", "--volumes", name);
      docker("exec", server(target), "kubectl", "delete", "node", name);
    }
  },
};

/** A restart of the Docker engine by the command in RESTART_DOCKER; none without that variable. */
const engineRestart = (): Fault[] => {
  const command = process.env["RESTART_DOCKER"];
  if (!command) return [];
  return [byHand("Docker engine restarted", () => execFileSync("sh", ["-c", command], { stdio: "ignore" }))];
};

const paused = byHand("all nodes paused", (target) => docker("pause", server(target), agent(target)));

/** Faults of an environment in which somebody changed something. */
export const damages = (): Fault[] => [
  byHand("agent stopped", (target) => docker("stop", agent(target))),
  byHand("server stopped", (target) => docker("stop", server(target))),
  byHand("all nodes stopped", (target) => docker("stop", agent(target), server(target))),
  byHand("agent paused", (target) => docker("pause", agent(target))),
  byHand("server paused", (target) => docker("pause", server(target))),
  paused,
  byHand("registry paused", (target) => docker("pause", registry(target))),
  byHand("registry stopped", (target) => docker("stop", registry(target))),
  byHand("registry removed", (target) => docker("rm", "-f", "-v", registry(target))),
  byHand("agent removed", (target) => docker("rm", "-f", "-v", agent(target))),
  byHand("cluster deleted", ({ cluster }) => execFileSync("k3d", ["cluster", "delete", cluster], { stdio: "ignore" })),
  ...engineRestart(),
  failing("an image of the app that does not exist", ["appImage", "localhost:1/no-such-image"]),
  failing("a weight change while istiod has no replica", ["canaryWeight", "60"], scaleIstiod),
  addedNode,
  givenUp(paused),
];
