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
    ? [
        problem(
          `subnet ${subnet}`,
          `overlaps the Docker network ${clash[0]}`,
          "npm run pulumi -- config set subnet 10.46.0.0/24",
        ),
      ]
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
          "use a host with cgroup v2, or: npm run pulumi -- config set k3sVersion v1.34.4-k3s1",
        ),
      ]
    : [ok("cgroup", `v${version}`)];
}
