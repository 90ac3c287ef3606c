import assert from "node:assert/strict";
import { poll } from "../../host/wait";
import { app, meshNamespace } from "../../model/names";
import { configured, kubectl, succeeds } from "./configured";
import { agent, type Fault, server, type Target } from "./fault";
import { docker } from "./foreignObjects";
import { signalProcesses } from "./processes";

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

/** The first container of each pod. None while the API server does not answer. */
function containers(target: Target, selections: readonly Selection[]): Container[] {
  const fields = "{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].ready}";
  const path = `jsonpath={range .items[*]}${fields}{"\\n"}{end}`;
  try {
    return selections
      .flatMap((selection) =>
        kubectl(target, "get", "pods", ...selection, "-o", path)
          .trim()
          .split("\n"),
      )
      .filter((line) => line.trim() !== "")
      .map((line) => line.split(" "))
      .map(([id = "", ready]) => ({ id, ready: ready === "true" }));
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

/** Faults of the dataplane of ambient, which is one process on each node for all pods there. */
export const ambientFaults = (): Fault[] => [cniKilled, ztunnelKilled, agentRestarted, nodesRestarted];
