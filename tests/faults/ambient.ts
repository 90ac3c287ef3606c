import assert from "node:assert/strict";
import { poll } from "../../host/wait";
import { app, meshNamespace } from "../../model/names";
import { configured, kubectl, pulumi, succeeds } from "./configured";
import { agent, type Fault, server, type Target } from "./fault";
import { docker } from "./foreignObjects";
import { signalProcesses } from "./processes";
import { inStep } from "./rolloutKills";
import { killAt } from "./stepKills";

/** A fault of an environment in ambient, after which an up repairs it and verify proves that it encrypts. */
const inAmbient = (where: string, strike: (target: Target) => Promise<unknown>): Fault =>
  configured("ambient", ["dataplane", "ambient"], where, async (target) => {
    await succeeds("up", target);
    await strike(target);
    await succeeds("up", target);
    await succeeds("verify", target);
    return "verify passed in ambient";
  });

/** Arguments of `kubectl get pods` that select pods. */
type Selection = readonly string[];

const mesh = (...options: string[]): Selection => ["-n", meshNamespace, ...options];
const named = (name: string): Selection => mesh("-l", `app.kubernetes.io/name=${name}`);

/** Pods of the mesh and of the app, which start again with their node. */
const pods = (...options: string[]): readonly Selection[] => [mesh(...options), ["-n", app.namespace, ...options]];

interface Container {
  readonly id: string;
  readonly ready: boolean;
}

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly deletionTimestamp?: string };
    readonly status: {
      readonly containerStatuses?: readonly { readonly containerID?: string; readonly ready: boolean }[];
    };
  }[];
}

/** The first container of each pod that stays. A pod of an earlier rollout may still be ending. */
export const containersOf = ({ items }: Pods): Container[] =>
  items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ status: { containerStatuses: [first] = [] } }) => ({
      id: first?.containerID ?? "",
      ready: first?.ready === true,
    }));

/** Containers of the selected pods. None while the API server does not answer. */
function containers(target: Target, selections: readonly Selection[]): Container[] {
  const read = (selection: Selection): Pods => JSON.parse(kubectl(target, "get", "pods", ...selection, "-o", "json"));
  try {
    return selections.flatMap((selection) => containersOf(read(selection)));
  } catch {
    return [];
  }
}

/** True if every container was replaced by one that is ready. The status of an ended container may still say that it is. */
export const areReplaced = (before: readonly Container[], now: readonly Container[]): boolean =>
  now.length === before.length && now.every(({ id, ready }) => ready && !before.some((old) => old.id === id));

/** Ends containers, and waits until Kubernetes has started others in their place. */
async function ended(target: Target, selections: readonly Selection[], end: () => void): Promise<void> {
  const before = containers(target, selections);
  assert.ok(before.length > 0, "there is nothing to end");
  end();
  const observe = async () => containers(target, selections);
  const now = await poll(300, observe, (seen) => areReplaced(before, seen), 2000);
  assert.ok(areReplaced(before, now), `not ready after 300 s: ${JSON.stringify(now)}`);
}

/** Kills a process on every node, and returns their number. */
const killed = (target: Target, pattern: string): number =>
  [server(target), agent(target)].reduce((sum, node) => sum + signalProcesses(node, "KILL", pattern), 0);

/** Kills istio-cni before and after new pods ask it for their network. They have to wait for it, and not start outside the mesh. */
const cniKilled = inAmbient("istio-cni killed while pods start", async (target) => {
  const kill = () => killed(target, "[i]nstall-cni");
  await ended(target, [named("istio-cni")], () => {
    assert.ok(kill() > 0, "no process of istio-cni was found");
    kubectl(target, "delete", "pods", "-n", app.namespace, "--all", "--grace-period=1");
    kill();
  });
  kubectl(target, "wait", "pods", "-n", app.namespace, "--all", "--for=condition=Ready", "--timeout=180s");
  // after the second kill Kubernetes waits before it starts the container again
  kubectl(target, "rollout", "status", "-n", meshNamespace, "daemonset/istio-cni-node", "--timeout=180s");
});

const ztunnelKilled = inAmbient("ztunnel killed on every node", (target) =>
  ended(target, [named("ztunnel")], () => assert.ok(killed(target, "(^|/)[z]tunnel") > 0, "no ztunnel was found")),
);

const agentRestarted = inAmbient("agent restarted", (target) =>
  ended(target, pods("--field-selector", `spec.nodeName=${agent(target)}`), () => docker("restart", agent(target))),
);

const nodesRestarted = inAmbient("all nodes restarted", (target) =>
  ended(target, pods(), () => docker("restart", server(target), agent(target))),
);

const pace = "--rate 100 --warm-up 5";

const rolloutKilled = inAmbient("rollout killed in a step, then resumed", async (target) => {
  await killAt(`rollout --steps 50 ${pace}`, target.stack, (rollout) => rollout.reaches(inStep));
  await succeeds(`rollout resume ${pace}`, target);
  pulumi(target, "config", "rm", "canaryWeight");
});

/** Faults in ambient, above all of its dataplane, which is one process on each node for all pods there. */
export const ambientFaults = (): Fault[] => [cniKilled, ztunnelKilled, agentRestarted, nodesRestarted, rolloutKilled];
