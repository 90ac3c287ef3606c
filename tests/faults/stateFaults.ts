import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rename, symlink } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { stackIdentity, stateFolder } from "../../automation/stack/backend";
import { agent, type Fault, server, type Target } from "./fault";
import { docker } from "./foreignObjects";
import { Invocation } from "./invocation";
import { signalProcesses } from "./processes";
import { incarnation, lockFile, reason, refusal } from "./refusals";

/** A state that is lost while the cluster runs: up is refused, and destroy removes what Docker's labels show. */
const lost = (where: string, lose: (target: Target) => Promise<unknown>): Fault => ({
  kind: "state lost",
  where,
  needs: "environment",
  next: "up",
  strike: async (target) => {
    const before = incarnation(target);
    await lose(target);
    const message = await refusal("up", target);
    assert.equal(incarnation(target), before, "up changed the cluster");
    const { code, lines } = await new Invocation("destroy", target.stack).end();
    assert.equal(code, 0, lines.join("\n"));
    return message;
  },
});

const loseStack = async ({ stack }: Target): Promise<void> => {
  const { project, name } = stackIdentity(stack);
  for (const end of [".json", ".json.bak", ".json.attrs"]) {
    const file = path.join(stateFolder, ".pulumi", "stacks", project, `${name}${end}`);
    if (existsSync(file)) await rename(file, `${file}.lost`);
  }
};

/** A Helm release of the user's own in a namespace of the mesh. */
const usersRelease: Fault = {
  kind: "object of somebody else in the cluster",
  where: "Helm release in istio-system",
  needs: "environment",
  next: "up",
  strike: async (target) => {
    const kubectl = (...args: string[]) => docker("exec", server(target), "kubectl", "-n", "istio-system", ...args);
    const name = "sh.helm.release.v1.istio-egressgateway.v1";
    kubectl("create", "secret", "generic", name, "--type=helm.sh/release.v1", "--from-literal=release=mine");
    kubectl("label", "secret", name, "owner=helm", "name=istio-egressgateway", "status=pending-install", "version=1");
    const before = kubectl("get", "secret", name, "-o", "json");
    for (const action of ["recover", "up"]) await new Invocation(action, target.stack).end();
    assert.equal(kubectl("get", "secret", name, "-o", "json"), before, "it was changed");
    return "untouched";
  },
};

/** A container of the user's own in the cluster's network: destroy is refused before it deletes anything. */
const connected: Fault = {
  kind: "object of somebody else in the cluster",
  where: "container connected to the network",
  needs: "environment",
  next: "destroy",
  strike: async (target) => {
    const [name, network] = ["e2e-my-database", `k3d-${target.cluster}`];
    const image = docker("inspect", "--format", "{{.Config.Image}}", server(target)).trim();
    docker("run", "--detach", "--name", name, "--network", network, "--entrypoint", "sleep", image, "3600");
    try {
      const inspect = () => docker("inspect", name).split("\n").sort().join("\n");
      const [before, cluster] = [inspect(), incarnation(target)];
      const message = await refusal("destroy", target);
      assert.equal(inspect(), before, "it was changed");
      assert.equal(incarnation(target), cluster, "destroy changed the cluster");
      docker("network", "disconnect", network, name);
      return message;
    } finally {
      docker("rm", "--force", name);
    }
  },
};

/** A node whose processes stop answering: up refuses to replace the cluster, and a restart mends it. */
const frozen: Fault = {
  kind: "cluster does not answer",
  where: "kubelet of the agent",
  needs: "environment",
  next: "up",
  strike: async (target) => {
    signalProcesses(agent(target), "STOP", "[k]ubelet|[k]3s agent");
    const wait = ["wait", "node", agent(target), "--for=condition=Ready=unknown", "--timeout=120s"];
    docker("exec", server(target), "kubectl", ...wait);
    const before = incarnation(target);
    const { code, lines } = await new Invocation("up", target.stack).end();
    assert.notEqual(code, 0, "up was not refused");
    assert.match(lines.join("\n"), /docker restart/);
    assert.equal(incarnation(target), before, "up changed the cluster");
    docker("restart", agent(target));
    return `exit ${code}: ${reason(lines)}`;
  },
};

/** A lock of a process of this machine that has ended, as a kill or a reboot leaves it. */
const abandonedLock: Fault = {
  kind: "abandoned lock",
  where: "of a process of this machine that has ended",
  needs: "environment",
  next: "up",
  strike: async ({ stack }) => {
    await lockFile(stack, { pid: 4_000_000, hostname: hostname() });
    return "written";
  },
};

/** A PATH without `ps`, as in small containers. */
const withoutPs: Fault = {
  kind: "no ps",
  where: "kill at a step, then an up without ps",
  needs: "environment",
  next: "up",
  strike: async (target) => {
    const folder = await mkdtemp(path.join(tmpdir(), "no-ps-"));
    for (const place of (process.env["PATH"] ?? "").split(path.delimiter))
      for (const name of await readdir(place).catch(() => []))
        if (name !== "ps") await symlink(path.join(place, name), path.join(folder, name)).catch(() => {});
    const first = new Invocation("destroy", target.stack, { PATH: folder });
    assert.ok(await first.reaches((_, changes) => changes === 2), "destroy ended before the fault");
    await first.kill();
    const { code, lines } = await new Invocation("up", target.stack, { PATH: folder }).end();
    assert.equal(code, 0, lines.join("\n"));
    return "converged without ps";
  },
};

/** Faults of the state, its locks, and of what others put beside it. */
export const stateFaults = (): Fault[] => [
  lost("the stack's file", loseStack),
  lost("the whole folder .state, as by git clean", () => rename(stateFolder, `${stateFolder}.lost-${Date.now()}`)),
  lost("the passphrase", () => rename(path.join(stateFolder, "passphrase"), path.join(stateFolder, "passphrase.lost"))),
  usersRelease,
  abandonedLock,
  withoutPs,
  frozen,
  connected,
];
