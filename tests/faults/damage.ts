import { execFileSync } from "node:child_process";
import { istiodOf } from "../../model/mesh/revisions";
import versions from "../../versions.json";
import { docker } from "./bystanders";
import type { Fault, Target } from "./fault";
import { Invocation } from "./invocation";
import { givenUp } from "./kills";

const byHand = (where: string, damage: (cluster: string) => unknown): Fault => ({
  kind: "damage by hand",
  where,
  needs: "environment",
  next: "up",
  strike: async ({ cluster }) => {
    damage(cluster);
    return "done";
  },
});

const server = (cluster: string) => `k3d-${cluster}-server-0`;
const agent = (cluster: string) => `k3d-${cluster}-agent-0`;
const registry = (cluster: string) => `k3d-${cluster}-registry`;

const config = ({ stack }: Target, ...args: string[]) =>
  execFileSync("pulumi", ["config", ...args, "--stack", stack], { stdio: "ignore" });

/** An up that fails by its configuration or its surroundings, which are put right before the next up. */
async function failingUp(target: Target): Promise<string> {
  const { code, seconds } = await new Invocation("up", target.stack).end();
  if (code === 0) throw new Error("up ended with exit code 0");
  return `exit ${code} after ${Math.round(seconds)} s`;
}

/** A version 2 that no node can pull. */
const badImage: Fault = {
  kind: "failing up",
  where: "an image of the app that does not exist",
  needs: "environment",
  next: "up",
  strike: async (target) => {
    config(target, "set", "appImage", "localhost:1/no-such-image");
    const seen = await failingUp(target);
    config(target, "rm", "appImage");
    return seen;
  },
};

/** A weight change while no control plane can admit it. */
const controlPlaneAway: Fault = {
  kind: "failing up",
  where: "a weight change while istiod has no replica",
  needs: "environment",
  next: "up",
  strike: async (target) => {
    const scale = (replicas: number) =>
      docker(
        ...[
          "exec",
          server(target.cluster),
          "kubectl",
          "scale",
          "-n",
          "istio-system",
          `deployment/${istiodOf(versions.istio)}`,
        ],
        `--replicas=${replicas}`,
      );
    scale(0);
    config(target, "set", "canaryWeight", "60");
    const seen = await failingUp(target);
    scale(1);
    config(target, "rm", "canaryWeight");
    return seen;
  },
};

/** A restart of the Docker engine by the command in RESTART_DOCKER; none without that variable. */
const engineRestart = (): Fault[] => {
  const command = process.env["RESTART_DOCKER"];
  if (!command) return [];
  return [byHand("Docker engine restarted", () => execFileSync("sh", ["-c", command], { stdio: "ignore" }))];
};

const paused = byHand("all nodes paused", (cluster) => docker("pause", server(cluster), agent(cluster)));

/** Faults of an environment in which somebody changed something. */
export const damages = (): Fault[] => [
  byHand("agent stopped", (cluster) => docker("stop", agent(cluster))),
  byHand("server stopped", (cluster) => docker("stop", server(cluster))),
  byHand("all nodes stopped", (cluster) => docker("stop", agent(cluster), server(cluster))),
  byHand("agent paused", (cluster) => docker("pause", agent(cluster))),
  byHand("server paused", (cluster) => docker("pause", server(cluster))),
  paused,
  byHand("registry paused", (cluster) => docker("pause", registry(cluster))),
  byHand("registry stopped", (cluster) => docker("stop", registry(cluster))),
  byHand("registry removed", (cluster) => docker("rm", "-f", "-v", registry(cluster))),
  byHand("agent removed", (cluster) => docker("rm", "-f", "-v", agent(cluster))),
  byHand("cluster deleted", (cluster) => execFileSync("k3d", ["cluster", "delete", cluster], { stdio: "ignore" })),
  ...engineRestart(),
  badImage,
  controlPlaneAway,
  givenUp(paused),
];
