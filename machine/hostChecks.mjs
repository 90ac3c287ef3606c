// @ts-check
import { readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { ok, problem, warning } from "./checks.mjs";
import { ask } from "./command.mjs";

/**
 * @typedef {import("./checks.mjs").Finding} Finding
 * @typedef {import("./checks.mjs").StackSettings} StackSettings
 */

/** @param {string} cidr @returns {[number, number] | undefined} first and last address */
function range(cidr) {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 32] = match.slice(1).map(Number);
  const size = 2 ** (32 - prefix);
  const first = Math.floor((((a * 256 + b) * 256 + c) * 256 + d) / size) * size;
  return [first, first + size - 1];
}

/** @param {string} one @param {string} other */
function overlap(one, other) {
  const [a, b] = [range(one), range(other)];
  return a !== undefined && b !== undefined && a[0] <= b[1] && b[0] <= a[1];
}

/** @param {StackSettings} settings @returns {Promise<Finding[]>} */
export async function networks({ subnet, clusterName, owner }) {
  const clusters = [
    "ps",
    "-a",
    "--filter",
    `label=istio-on-k3d.owner=${owner}`,
    "--format",
    '{{.Label "k3d.cluster"}}',
  ];
  const { out: named } = await ask("docker", clusters);
  // a cluster of the stack's that has another name makes room for the one that is configured
  const own = [clusterName, ...named.split("\n")].map((name) => `k3d-${name}`);
  const { out: ids } = await ask("docker", ["network", "ls", "-q"]);
  const format = "{{.Name}}{{range .IPAM.Config}} {{.Subnet}}{{end}}";
  const { code, out } = await ask("docker", [
    "network",
    "inspect",
    "--format",
    format,
    ...ids.split("\n").filter(Boolean),
  ]);
  if (code !== 0 || !range(subnet)) return [];
  const others = out
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([name = ""]) => !own.includes(name));
  const clashing = (/** @type {string} */ cidr) =>
    others.find(([, ...subnets]) => subnets.some((other) => overlap(cidr, other)))?.[0];
  const clash = clashing(subnet);
  if (!clash) return [ok(`subnet ${subnet}`, "free")];
  const free = Array.from({ length: 200 }, (_, i) => `10.${45 + i}.0.0/24`).find((cidr) => !clashing(cidr));
  return [
    problem(
      `subnet ${subnet}`,
      `overlaps the Docker network ${clash}`,
      `npm run pulumi -- config set subnet ${free ?? "CIDR"}`,
    ),
  ];
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

/**
 * Rootless Docker publishes no port that the kernel keeps to root (https://docs.docker.com/engine/security/rootless/).
 *
 * @param {StackSettings} settings
 * @returns {Promise<Finding[]>}
 */
export async function rootless({ ports }, first = read("/proc/sys/net/ipv4/ip_unprivileged_port_start"), asked = ask) {
  const { out } = await asked("docker", ["info", "--format", "{{.SecurityOptions}}"]);
  const kept = ports.filter((port) => port < Number(first ?? 0));
  if (!out.includes("name=rootless") || kept.length === 0) return [];
  return [
    problem(
      "rootless",
      `Docker may not publish ${kept.join(" and ")}, below ${first}`,
      `sudo sysctl net.ipv4.ip_unprivileged_port_start=${Math.min(...kept)}, or other ports: npm run pulumi -- config set httpPort 8080 and httpsPort 8443`,
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
          "use a host with cgroup v2, or: npm run pulumi -- config set k3sVersion v1.34.4-k3s1",
        ),
      ]
    : [ok("cgroup", `v${version}`)];
}
