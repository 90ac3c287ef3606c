import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stackIdentity, stateFolder } from "../../machine/backend.mjs";
import type { Fault, Struck } from "./faults";
import { Invocation } from "./invocation";

const docker = (...args: string[]) =>
  execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const server = ({ cluster }: Struck) => `k3d-${cluster}-server-0`;
const inspected = (struck: Struck) => docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", server(struck));

/** A command that has to be refused while the cluster stays exactly as it is. */
const kept = (
  name: string,
  where: string,
  action: string,
  env: () => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>,
): Fault => ({
  name,
  where,
  fresh: false,
  strike: async (struck) => {
    const before = inspected(struck);
    const { code, lines } = await new Invocation(action, struck.stack, await env()).end();
    assert.notEqual(code, 0, `${action} was not refused`);
    assert.equal(inspected(struck), before, `${action} changed the cluster`);
    return `exit ${code}: ${(lines.at(-1) ?? "").slice(0, 50)}`;
  },
});

const wrongPassphrase = () => ({ PULUMI_CONFIG_PASSPHRASE: "wrong", PULUMI_CONFIG_PASSPHRASE_FILE: "" });
const noDocker = () => ({ DOCKER_HOST: "unix:///nowhere/docker.sock" });

/** A Docker whose lists never answer. */
async function slowDocker(): Promise<NodeJS.ProcessEnv> {
  const folder = await mkdtemp(path.join(tmpdir(), "slow-docker-"));
  const real = execFileSync("sh", ["-c", "command -v docker"], { encoding: "utf8" }).trim();
  const body = `#!/bin/sh\ncase "$1 $2" in "ps -a"|"volume ls") exec sleep 300;; esac\nexec ${real} "$@"\n`;
  await writeFile(path.join(folder, "docker"), body, { mode: 0o755 });
  return { PATH: `${folder}${path.delimiter}${process.env["PATH"]}` };
}

/** A state that somebody deleted while the cluster was up: up refuses, and destroy removes what its labels show. */
const lostState: Fault = {
  name: "lost state",
  where: "after up",
  fresh: false,
  strike: async (struck) => {
    const before = inspected(struck);
    for (const end of [".json", ".json.bak", ".json.attrs"]) {
      const { project, name } = stackIdentity(struck.stack);
      const file = path.join(stateFolder, ".pulumi", "stacks", project, `${name}${end}`);
      if (existsSync(file)) await rename(file, `${file}.lost`);
    }
    const up = await new Invocation("up", struck.stack).end();
    assert.notEqual(up.code, 0, "up was not refused");
    assert.equal(inspected(struck), before, "up changed the cluster");
    const destroy = await new Invocation("destroy", struck.stack).end();
    assert.equal(destroy.code, 0, destroy.lines.join("\n"));
    return `exit ${up.code}, then destroyed`;
  },
};

/** A Helm release of the user's own in the mesh's namespace, which recovery has to leave alone. */
const ownRelease: Fault = {
  name: "of somebody else",
  where: "Helm release in istio-system",
  fresh: false,
  strike: async (struck) => {
    const kubectl = (...args: string[]) => docker("exec", server(struck), "kubectl", "-n", "istio-system", ...args);
    const name = "sh.helm.release.v1.istio-egressgateway.v1";
    kubectl("create", "secret", "generic", name, "--type=helm.sh/release.v1", "--from-literal=release=mine");
    kubectl("label", "secret", name, "owner=helm", "name=istio-egressgateway", "status=deployed", "version=1");
    const before = kubectl("get", "secret", name, "-o", "json");
    for (const action of ["recover", "up"]) await new Invocation(action, struck.stack).end();
    assert.equal(kubectl("get", "secret", name, "-o", "json"), before, "it was changed");
    return "untouched";
  },
};

/** A container of the user's own in the cluster's network: destroy stops before the network, and goes on without it. */
const connected: Fault = {
  name: "of somebody else",
  where: "container connected to the network",
  fresh: false,
  strike: async (struck) => {
    const [own, network] = ["e2e-my-database", `k3d-${struck.cluster}`];
    const image = docker("inspect", "--format", "{{.Config.Image}}", server(struck)).trim();
    docker("run", "--detach", "--name", own, "--network", network, "--entrypoint", "sleep", image, "600");
    try {
      const inspect = () => docker("inspect", own).split("\n").sort().join("\n");
      const before = inspect();
      const { code } = await new Invocation("destroy", struck.stack).end();
      assert.notEqual(code, 0, "destroy did not say that the network stays");
      assert.equal(inspect(), before, "it was changed");
      docker("network", "disconnect", network, own);
      return `exit ${code}, untouched`;
    } finally {
      docker("rm", "--force", own);
    }
  },
};

/** A node whose processes stop answering: up refuses to replace the cluster, and a restart mends it. */
const frozen: Fault = {
  name: "does not answer",
  where: "agent's kubelet",
  fresh: false,
  strike: async (struck) => {
    const agent = `k3d-${struck.cluster}-agent-0`;
    const kubelet = "kubelet|k3s agent";
    docker(
      "exec",
      agent,
      "sh",
      "-c",
      `for p in /proc/[0-9]*; do grep -qaE '${kubelet}' $p/cmdline && kill -STOP \${p#/proc/}; done; true`,
    );
    const wait = ["wait", "node", agent, "--for=condition=Ready=unknown", "--timeout=120s"];
    docker("exec", server(struck), "kubectl", ...wait);
    const before = inspected(struck);
    const { code, lines } = await new Invocation("up", struck.stack).end();
    assert.notEqual(code, 0, "up was not refused");
    assert.match(lines.join("\n"), /docker restart/);
    assert.equal(inspected(struck), before, "up changed the cluster");
    docker("restart", agent);
    return `exit ${code}, restarted`;
  },
};

/** Faults after which a command is refused and the cluster has to be the same as before. */
export const refusals = (): Fault[] => [
  kept("wrong passphrase", "destroy", "destroy", wrongPassphrase),
  kept("Docker is down", "up", "up", noDocker),
  kept("Docker is down", "destroy", "destroy", noDocker),
  kept("Docker is slow", "up", "up", slowDocker),
  kept("Docker is slow", "destroy", "destroy", slowDocker),
  lostState,
  ownRelease,
  connected,
  frozen,
];
