import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Fault, Target } from "./fault";
import { docker } from "./foreignObjects";
import { Invocation } from "./invocation";

/** Ids and start times of the cluster's containers, which change when something replaces or restarts one. */
export const incarnation = ({ cluster }: Target): string => {
  const ids = docker("ps", "-aq", "--filter", `label=k3d.cluster=${cluster}`).trim().split("\n").sort();
  return docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}} {{.State.Status}}", ...ids);
};

/** The line of an output that names the problem and its fix; else its last line. A warning of the doctor is no problem. */
export const reason = (lines: readonly string[]): string => {
  const fixes = lines.filter((line) => line.includes("; fix:"));
  return (
    fixes.filter((line) => !/^warning/.test(line)).at(-1) ??
    fixes.at(-1) ??
    lines.filter(Boolean).at(-1) ??
    ""
  ).trim();
};

/** Runs a command that has to be refused, and returns its exit code and its line with the fix. */
export async function refusal(action: string, { stack }: Target, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, lines, seconds } = await new Invocation(action, stack, env).end();
  assert.notEqual(code, 0, `${action} was not refused`);
  assert.ok(seconds < 300, `${action} took ${Math.round(seconds)} s to be refused`);
  return `exit ${code}: ${reason(lines)}`;
}

/** Surroundings in which a command has to be refused; `restore` ends them. */
interface Surroundings {
  readonly env?: NodeJS.ProcessEnv;
  readonly restore?: () => Promise<unknown> | unknown;
}

/** A command that has to be refused while the cluster stays exactly as it is. */
const kept = (
  where: string,
  action: string,
  surround: (target: Target) => Promise<Surroundings> | Surroundings,
  next: "none" | "up" = "none",
): Fault => ({
  kind: "refused",
  where: `${action}, ${where}`,
  needs: "environment",
  next,
  strike: async (target) => {
    const before = incarnation(target);
    const { env, restore } = await surround(target);
    try {
      const message = await refusal(action, target, env);
      assert.equal(incarnation(target), before, `${action} changed the cluster`);
      return message;
    } finally {
      await restore?.();
    }
  },
});

const wrongPassphrase = () => ({ env: { PULUMI_CONFIG_PASSPHRASE: "wrong", PULUMI_CONFIG_PASSPHRASE_FILE: "" } });
const noDocker = () => ({ env: { DOCKER_HOST: "unix:///nowhere/docker.sock" } });

/** A `docker` of whose commands the ones that list never end. */
async function slowDocker(): Promise<Surroundings> {
  const folder = await mkdtemp(path.join(tmpdir(), "slow-docker-"));
  const real = execFileSync("sh", ["-c", "command -v docker"], { encoding: "utf8" }).trim();
  const body = `#!/bin/sh\ncase "$1 $2" in "ps -a"|"volume ls") exec sleep 300;; esac\nexec ${real} "$@"\n`;
  await writeFile(path.join(folder, "docker"), body, { mode: 0o755 });
  return { env: { PATH: `${folder}${path.delimiter}${process.env["PATH"]}` } };
}

/** A Docker engine that accepts connections and never answers. */
async function hangingDocker(): Promise<Surroundings> {
  const socket = path.join(await mkdtemp(path.join(tmpdir(), "hanging-docker-")), "docker.sock");
  const engine = createServer(() => {}).listen(socket);
  return { env: { DOCKER_HOST: `unix://${socket}` }, restore: () => engine.close() };
}

/** A file that is replaced for the time of a command. */
async function replaced(file: string, text: (before: string) => string): Promise<Surroundings> {
  const before = await readFile(file, "utf8");
  await writeFile(file, text(before));
  return { restore: () => writeFile(file, before) };
}

const renamedProject = () => replaced("Pulumi.yaml", (text) => text.replace(/^name: .*$/m, "name: renamed"));
const emptyPassphrase = () => replaced(path.join(".state", "passphrase"), () => "");

/** A resource that a user protects from deletion. */
const protectedResource =
  (name: string) =>
  ({ stack }: Target): Surroundings => {
    const pulumi = (...args: string[]) => execFileSync("pulumi", [...args, "--stack", stack], { encoding: "utf8" });
    const state = JSON.parse(pulumi("stack", "export")) as { deployment: { resources: { urn: string }[] } };
    const urn = state.deployment.resources.find((resource) => resource.urn.endsWith(`::${name}`))?.urn ?? "";
    pulumi("state", "protect", urn, "--yes");
    return { restore: () => pulumi("state", "unprotect", urn, "--yes") };
  };

/** A lock of Pulumi's on the state, of a process that this machine cannot see. */
const foreignLock = async ({ stack }: Target): Promise<Surroundings> => {
  const file = await lockFile(stack, { pid: 4_000_000, hostname: "elsewhere" });
  // Pulumi takes every file in the folder for a lock, whatever its name is
  return { restore: () => rm(file) };
};

/** Writes a lock as Pulumi's backend of files does. */
export async function lockFile(
  stack: string,
  lock: { readonly pid: number; readonly hostname: string },
): Promise<string> {
  const folder = path.join(".state", ".pulumi", "locks", "organization", "istio-on-k3d", stack);
  execFileSync("mkdir", ["-p", folder]);
  const file = path.join(folder, "00000000-0000-4000-8000-000000000000.json");
  await writeFile(file, JSON.stringify({ ...lock, username: "me", timestamp: new Date().toISOString() }));
  return file;
}

/**
 * Faults after which a command is refused and the cluster has to be the same as before. A destroy that fails in its middle
 * has removed resources from the state, which the next up has to restore.
 */
export const refusals = (): Fault[] => [
  kept("wrong passphrase", "up", wrongPassphrase),
  kept("wrong passphrase", "destroy", wrongPassphrase),
  kept("passphrase file empty", "up", emptyPassphrase),
  kept("Docker is down", "up", noDocker),
  kept("Docker is down", "destroy", noDocker, "up"),
  kept("Docker does not answer lists", "up", slowDocker),
  kept("Docker does not answer lists", "destroy", slowDocker, "up"),
  kept("Docker does not answer at all", "up", hangingDocker),
  kept("Docker does not answer at all", "destroy", hangingDocker, "up"),
  kept("Docker does not answer at all", "doctor", hangingDocker),
  kept("project renamed in Pulumi.yaml", "up", renamedProject),
  kept("project renamed in Pulumi.yaml", "destroy", renamedProject),
  kept("CA's key protected", "destroy", protectedResource("certificates-ca-key"), "up"),
  kept("nodes protected", "destroy", protectedResource("cluster-nodes"), "up"),
  kept("state locked by a process of another machine", "up", foreignLock),
  kept("state locked by a process of another machine", "destroy", foreignLock),
];
