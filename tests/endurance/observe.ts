import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Api, listOf } from "../../host/kubernetes";
import { lines } from "../../host/process";
import { kubeconfig } from "../../k3d/api";
import { dockerLines, leftovers } from "../support/docker";
import type { Sample } from "./growth";

/** Pulumi writes one entry for each update here, and a copy of the state before it. */
const isHistory = (file: string): boolean => /\.pulumi\/(history|backups)\//.test(file);

const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((one) =>
        one.isFile() ? [path.join(one.parentPath, one.name)] : [],
      )
    : [];

/** Size in MiB as `docker stats` writes it, such as `1.2GiB`. */
export function mebibytes(text: string): number {
  const [, number = "", unit = ""] = /^([\d.]+)(\w+)/.exec(text) ?? [];
  const bytes = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }[unit];
  if (bytes === undefined) throw new Error(`docker stats writes ${text}, which is no size`);
  return (Number(number) * bytes) / 2 ** 20;
}

const containersOf = (cluster: string): string[] =>
  dockerLines("ps", "--filter", `name=^k3d-${cluster}-`, "--format", "{{.Names}}");

function memoryOf(cluster: string): number {
  const names = containersOf(cluster);
  if (names.length === 0) return 0;
  const stats = dockerLines("stats", "--no-stream", "--format", "{{.MemUsage}}", ...names);
  return stats.reduce((sum, line) => sum + mebibytes(line), 0);
}

/** Processes of a node that are no pod's: Kubernetes, its container runtime, and what starts them. */
const ownOfNode = /^(k3[ds]|kube|etcd|containerd|runc|docker-init|bash|sh|sleep)/;

/** Sum of the memory of a node's pods, in MiB, from the lines of `docker top -eo pid,rss,comm`, whose sizes are in KiB. */
export const podsMemory = (processLines: readonly string[]): number =>
  processLines.reduce((sum, line) => {
    const [, size = "", name = ""] = /^\s*\d+\s+(\d+)\s+(.+)$/.exec(line) ?? [];
    return ownOfNode.test(name) ? sum : sum + Number(size) / 1024;
  }, 0);

const podsMemoryOf = (cluster: string): number =>
  containersOf(cluster)
    .filter((name) => /-(server|agent)-\d+$/.test(name))
    .reduce((sum, node) => sum + podsMemory(dockerLines("top", node, "-eo", "pid,rss,comm")), 0);

/** Processes with this checkout's folder in their command line, without this one and its parents. */
function processes(): number {
  const rows = lines(execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" })).map((row) => {
    const [, pid = "", parent = "", command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? [];
    return { pid: Number(pid), parent: Number(parent), command };
  });
  const own = new Set<number>();
  for (let pid = process.pid; pid > 1; pid = rows.find((row) => row.pid === pid)?.parent ?? 0) own.add(pid);
  const isOwn = ({ pid, parent }: (typeof rows)[number]) => own.has(pid) || own.has(parent);
  return rows.filter((row) => row.command.includes(process.cwd()) && !isOwn(row)).length;
}

/** Number of the Secrets and ConfigMaps of a cluster. */
async function objectsIn(api: Pick<Api, "get">): Promise<number> {
  const lists = ["secrets", "configmaps"].map((kind) => listOf(api, `/api/v1/${kind}`));
  return (await Promise.all(lists)).reduce((sum, list) => sum + list.length, 0);
}

/** Looks at what an environment has now, and at the temporary folder of this process, which its commands inherit. */
export async function sample(cluster: string): Promise<Sample> {
  const all = leftovers(cluster);
  const count = (kind: string) => all.filter((line) => line.startsWith(`${kind} `)).length;
  const files = [...filesIn(".state"), ...filesIn("report")].filter((file) => !isHistory(file));
  const state = files.filter((file) => file.includes("/.pulumi/stacks/") && file.endsWith(".json"));
  return {
    ...{ containers: count("container"), networks: count("network"), volumes: count("volume") },
    processes: processes(),
    files: files.length,
    temporary: readdirSync(tmpdir()).length,
    state: Math.round(state.reduce((sum, file) => sum + statSync(file).size, 0) / 1024),
    memory: Math.round(memoryOf(cluster)),
    pods: Math.round(podsMemoryOf(cluster)),
    objects: count("container") === 0 ? 0 : await objectsIn(new Api(await kubeconfig(cluster))),
  };
}
