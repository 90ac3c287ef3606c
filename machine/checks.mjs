// @ts-check
import { readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { connect } from "node:net";
import { ask } from "./command.mjs";
import { holderOf } from "./ports.mjs";

/**
 * One thing that was looked at.
 *
 * @typedef {{ name: string, state: "ok" | "warning" | "problem", found: string, fix?: string }} Finding
 * @typedef {ReturnType<typeof import("./settings.mjs").stackSettings>} StackSettings
 */

/** @param {string} name @param {string} found @returns {Finding} */
const ok = (name, found) => ({ name, state: "ok", found });
/** @param {string} name @param {string} found @param {string} fix @returns {Finding} */
const problem = (name, found, fix) => ({ name, state: "problem", found, fix });
/** @param {string} name @param {string} found @param {string} fix @returns {Finding} */
const warning = (name, found, fix) => ({ name, state: "warning", found, fix });

/** @param {string} version @param {string} least */
export function atLeast(version, least) {
  const [a, b] = [version, least].map((text) => text.split(".").map(Number));
  for (const [i, part] of (b ?? []).entries()) if ((a?.[i] ?? 0) !== part) return (a?.[i] ?? 0) > part;
  return true;
}

/** @param {StackSettings} settings @param {string} [running] @returns {Finding} */
export function node({ versions }, running = process.versions.node) {
  const least = versions.supported.minimum.node;
  return atLeast(running, least)
    ? ok("node", running)
    : problem("node", `${running} is too old`, `install Node ${least} or newer from https://nodejs.org`);
}

/** @returns {Promise<Finding>} */
export async function docker() {
  const { code, out, err } = await ask("docker", ["version", "--format", "{{.Server.Version}}"]);
  if (code === 0) return ok("docker", out.trim());
  if (code === "missing")
    return problem("docker", "is not installed", "install it: https://docs.docker.com/get-docker/");
  if (code === "slow") return problem("docker", "does not answer", "start or restart Docker");
  if (/permission denied/i.test(err))
    return problem("docker", "may not be used by this user", "sudo usermod -aG docker $USER, then log in again");
  return problem("docker", "is not running", "start Docker Desktop, or: sudo systemctl start docker");
}

/** @param {number} port @returns {Promise<boolean>} */
const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: 500 });
    const done = (/** @type {boolean} */ open) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", done(true)).on("error", done(false)).on("timeout", done(false));
  });

/** @param {StackSettings} settings @returns {Promise<Finding[]>} */
export function ports({ ports, owner }) {
  const keys = ["httpPort", "httpsPort"];
  return Promise.all(
    ports.map(async (port, i) => {
      const name = `port ${port}`;
      if (!(await answers(port))) return ok(name, "free");
      const holder = await holderOf(port);
      if (holder.owner === owner) return ok(name, "held by this stack's cluster");
      const free = i === 0 ? 8080 : 8443;
      return problem(name, `is taken by ${holder.name}`, `stop it, or: pulumi config set ${keys[i]} ${free}`);
    }),
  );
}

/** @param {StackSettings} settings @returns {Promise<Finding[]>} */
export async function cluster({ clusterName, owner }) {
  const format = '{{.Label "istio-on-k3d.owner"}}';
  const { code, out } = await ask("docker", [
    "ps",
    "-a",
    "--filter",
    `label=k3d.cluster=${clusterName}`,
    "--filter",
    "label=k3d.role=server",
    "--format",
    format,
  ]);
  const owners = out.split("\n").slice(0, -1);
  return code === 0 && owners.some((found) => found !== owner)
    ? [
        problem(
          `cluster ${clusterName}`,
          "is another's",
          `pulumi config set clusterName ${clusterName}-2, or: k3d cluster delete ${clusterName}`,
        ),
      ]
    : [];
}

/** @param {string} cidr @returns {[number, number] | undefined} first and last address */
function range(cidr) {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 32] = match.slice(1).map(Number);
  const size = 2 ** (32 - prefix);
  const first = Math.floor((((a * 256 + b) * 256 + c) * 256 + d) / size) * size;
  return [first, first + size - 1];
}

/** @param {StackSettings} settings @returns {Promise<Finding[]>} */
export async function networks({ subnet, clusterName }) {
  const { out: ids } = await ask("docker", ["network", "ls", "-q"]);
  const format = "{{.Name}}{{range .IPAM.Config}} {{.Subnet}}{{end}}";
  const { code, out } = await ask("docker", [
    "network",
    "inspect",
    "--format",
    format,
    ...ids.split("\n").filter(Boolean),
  ]);
  const wanted = range(subnet);
  if (code !== 0 || !wanted) return [];
  const clash = out
    .split("\n")
    .map((line) => line.split(" "))
    .find(([name, ...subnets]) => {
      const ranges = subnets.map(range).filter((each) => each !== undefined);
      return name !== `k3d-${clusterName}` && ranges.some(([first, last]) => first <= wanted[1] && wanted[0] <= last);
    });
  return clash
    ? [problem(`subnet ${subnet}`, `overlaps the Docker network ${clash[0]}`, "pulumi config set subnet 10.46.0.0/24")]
    : [ok(`subnet ${subnet}`, "free")];
}

const leastGigabytes = 5;

/** @returns {Promise<Finding[]>} */
export async function disk() {
  const { out } = await ask("docker", ["info", "--format", "{{.DockerRootDir}}"]);
  const stats = await statfs(out.trim() || "/").catch(() => undefined);
  if (!stats) return [];
  const free = Math.floor((stats.bavail * stats.bsize) / 1e9);
  return free >= leastGigabytes
    ? [ok("disk", `${free} GB free`)]
    : [
        problem(
          "disk",
          `${free} GB free where Docker keeps images`,
          `free at least ${leastGigabytes} GB, for example: docker system prune`,
        ),
      ];
}

/** @param {string} file @returns {string | undefined} */
const read = (file) => {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
};

/** Limits that several nodes on one kernel run into (https://k3d.io/stable/faq/faq/). @returns {Finding[]} */
export function inotify(instances = read("/proc/sys/fs/inotify/max_user_instances")) {
  if (instances === undefined) return [];
  return Number(instances) >= 128
    ? [ok("inotify", `${instances} instances`)]
    : [
        warning(
          "inotify",
          `${instances} instances are too few for several nodes`,
          "sudo sysctl fs.inotify.max_user_instances=512",
        ),
      ];
}

/** Kubernetes 1.35 and newer refuse to run on cgroup v1. @param {StackSettings} settings @returns {Promise<Finding[]>} */
export async function cgroup({ kubernetesMinor }) {
  const { out } = await ask("docker", ["info", "--format", "{{.CgroupVersion}}"]);
  const version = out.trim();
  if (!version) return [];
  return version === "1" && kubernetesMinor >= 35
    ? [
        problem(
          "cgroup",
          `v1 cannot run Kubernetes 1.${kubernetesMinor}`,
          "use a host with cgroup v2, or: pulumi config set k3sVersion v1.34.4-k3s1",
        ),
      ]
    : [ok("cgroup", `v${version}`)];
}
