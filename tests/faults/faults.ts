import { execFileSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { Invocation } from "./invocation";
import { withOthers } from "./others";
import { refusals } from "./refusals";

/** What a fault is told of the environment that it strikes. */
export interface Struck {
  readonly stack: string;
  readonly cluster: string;
}

/** One thing that can go wrong, and how to make it go wrong. */
export interface Fault {
  readonly name: string;
  readonly where: string;
  /** Whether it strikes while an up from nothing is under way; else it strikes a running environment. */
  readonly fresh: boolean;
  /** Whether a destroy comes next and not an up. */
  readonly givenUp?: boolean;
  /** Does the damage; answers in a word what was seen. */
  readonly strike: (struck: Struck) => Promise<string>;
}

const docker = (...args: string[]) => execFileSync("docker", args, { stdio: "ignore" });

/** SIGKILL of everything when the up has told of its n-th step. */
const killAtStep = (n: number): Fault => ({
  name: "SIGKILL",
  where: `step ${n} of up`,
  fresh: true,
  strike: async ({ stack }) => {
    const invocation = new Invocation("up", stack);
    const reached = await invocation.reaches((_, changes) => changes === n);
    await invocation.kill();
    return reached ? "killed" : "up had ended";
  },
});

/** SIGKILL of everything when a destroy has told of its n-th step. */
const killDestroyAt = (n: number): Fault => ({
  name: "SIGKILL",
  where: `step ${n} of destroy`,
  fresh: false,
  strike: async ({ stack }) => {
    const invocation = new Invocation("destroy", stack);
    const reached = await invocation.reaches((_, changes) => changes === n);
    await invocation.kill();
    return reached ? "killed" : "destroy had ended";
  },
});

/** SIGKILL of everything some time after a resource began. */
const killInside = (resource: string, seconds: number): Fault => ({
  name: "SIGKILL",
  where: `${resource}, ${seconds} s after it began`,
  fresh: true,
  strike: async ({ stack }) => {
    const invocation = new Invocation("up", stack);
    const reached = await invocation.reaches((line) => line.includes("creating") && line.endsWith(resource));
    await pause(seconds * 1000);
    await invocation.kill();
    return reached ? "killed" : "up had ended";
  },
});

const givenUp = (fault: Fault): Fault => ({ ...fault, name: `${fault.name}, given up`, givenUp: true });

const ctrlC = (times: number): Fault => ({
  name: `Ctrl-C ${times === 1 ? "once" : "twice"}`,
  where: "Helm release of MetalLB",
  fresh: true,
  strike: async ({ stack }) => {
    const invocation = new Invocation("up", stack);
    await invocation.reaches((line) => /creating .*load-balancer-metallb$/.test(line));
    for (let i = 0; i < times; i++) {
      invocation.interrupt();
      await pause(500);
    }
    return `exit ${(await invocation.end()).code}`;
  },
});

const byHand = (where: string, damage: (cluster: string) => void): Fault => ({
  name: "damage by hand",
  where,
  fresh: false,
  strike: async ({ cluster }) => {
    damage(cluster);
    return "done";
  },
});

const refused = (name: string, where: string, strike: (struck: Struck) => Promise<Invocation>): Fault => ({
  name,
  where,
  fresh: false,
  strike: async (struck) => {
    const { code, lines } = await (await strike(struck)).end();
    return `exit ${code}: ${(lines.at(-1) ?? "").slice(0, 50)}`;
  },
});

/** A version 2 that cannot be pulled, put right again before the next up. */
const badImage: Fault = {
  name: "bad image",
  where: "both Deployments",
  fresh: false,
  strike: async ({ stack }) => {
    const config = (...args: string[]) =>
      execFileSync("pulumi", ["config", ...args, "--stack", stack], { stdio: "ignore" });
    config("set", "appImage", "localhost:1/no-such-image");
    const { code, seconds } = await new Invocation("up", stack).end();
    config("rm", "appImage");
    return `exit ${code} after ${Math.round(seconds)} s`;
  },
};

/** A weight change while there is no control plane to admit it, which is back for the next up. */
const controlPlaneAway: Fault = {
  name: "istiod at zero",
  where: "weight change",
  fresh: false,
  strike: async ({ stack, cluster }) => {
    const scale = (replicas: number) =>
      docker(
        ...["exec", `k3d-${cluster}-server-0`, "kubectl", "scale", "-n", "istio-system", "deployment/istiod"],
        `--replicas=${replicas}`,
      );
    const config = (...args: string[]) =>
      execFileSync("pulumi", ["config", ...args, "--stack", stack], { stdio: "ignore" });
    scale(0);
    config("set", "canaryWeight", "60");
    const { code, seconds } = await new Invocation("up", stack).end();
    scale(1);
    config("rm", "canaryWeight");
    return `exit ${code} after ${Math.round(seconds)} s`;
  },
};

/** A restart of the Docker engine, by the command in RESTART_DOCKER; none where it is not given. */
const engineRestart = (): Fault[] => {
  const command = process.env["RESTART_DOCKER"];
  if (!command) return [];
  const restart = () => void execFileSync("sh", ["-c", command], { stdio: "ignore" });
  return [byHand("Docker engine restarted", restart)];
};

/** Every fault, with `kills` of them spread over the `steps` that an undisturbed up tells of. */
export function faults(kills: number, steps: number): Fault[] {
  const at = Array.from({ length: kills }, (_, i) => 1 + Math.round((i * (steps - 1)) / Math.max(1, kills - 1)));
  return [
    ...[...new Set(at)].map(killAtStep),
    ...[1, 4, 8, 11].map((seconds) => killInside("cluster-nodes", seconds)),
    ...[1, 4, 8].map((seconds) => givenUp(killInside("cluster-nodes", seconds))),
    ...["load-balancer-metallb", "mesh-base", "mesh-istiod", "mesh-gateway"].map((release) => killInside(release, 0.5)),
    ...[4, 20, 36].map(killDestroyAt),
    ctrlC(1),
    ctrlC(2),
    byHand("agent stopped", (cluster) => docker("stop", `k3d-${cluster}-agent-0`)),
    byHand("server stopped", (cluster) => docker("stop", `k3d-${cluster}-server-0`)),
    byHand("agent removed", (cluster) => docker("rm", "-f", "-v", `k3d-${cluster}-agent-0`)),
    byHand("cluster deleted", (cluster) => execFileSync("k3d", ["cluster", "delete", cluster], { stdio: "ignore" })),
    byHand("agent paused", (cluster) => docker("pause", `k3d-${cluster}-agent-0`)),
    byHand("server paused", (cluster) => docker("pause", `k3d-${cluster}-server-0`)),
    byHand("all nodes paused", (cluster) => docker("pause", `k3d-${cluster}-server-0`, `k3d-${cluster}-agent-0`)),
    byHand("all nodes stopped", (cluster) => docker("stop", `k3d-${cluster}-agent-0`, `k3d-${cluster}-server-0`)),
    byHand("registry paused", (cluster) => docker("pause", `k3d-${cluster}-registry`)),
    byHand("registry stopped", (cluster) => docker("stop", `k3d-${cluster}-registry`)),
    byHand("registry removed", (cluster) => docker("rm", "-f", "-v", `k3d-${cluster}-registry`)),
    givenUp(
      byHand("all nodes paused", (cluster) => docker("pause", `k3d-${cluster}-server-0`, `k3d-${cluster}-agent-0`)),
    ),
    ...withOthers(),
    ...refusals(),
    ...engineRestart(),
    badImage,
    controlPlaneAway,
    refused(
      "wrong passphrase",
      "up",
      async ({ stack }) =>
        new Invocation("up", stack, { PULUMI_CONFIG_PASSPHRASE: "wrong", PULUMI_CONFIG_PASSPHRASE_FILE: "" }),
    ),
    {
      ...refused("two ups at once", "the second, while the first makes the cluster", async ({ stack }) => {
        const first = new Invocation("up", stack);
        await first.reaches((line) => /creating .*cluster-nodes$/.test(line));
        const second = new Invocation("up", stack);
        await second.end();
        await first.end();
        return second;
      }),
      fresh: true,
    },
  ];
}
