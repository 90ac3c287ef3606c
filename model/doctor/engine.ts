import versions from "../../versions.json";
import type { Observation } from "../checks/result";
import { refusesCgroupV1 } from "../cluster/k3dConfig";
import { configSet, remedy, run } from "../output/remedy";
import { ok, problem, unknown, warning } from "./finding";

/** Fields of `docker info --format '{{json .}}'` that the checks read. */
export interface DockerInfo {
  readonly OperatingSystem?: string;
  readonly Architecture?: string;
  readonly NCPU?: number;
  readonly MemTotal?: number;
  readonly DockerRootDir?: string;
  readonly CgroupVersion?: string;
  readonly SecurityOptions?: readonly string[] | null;
  readonly Driver?: string;
}

/** True if the containers run in a virtual machine, with a disk and a kernel of its own. */
export const isInVirtualMachine = ({ OperatingSystem = "" }: DockerInfo): boolean =>
  /Docker Desktop/.test(OperatingSystem);

const gigabyte = 1024 ** 3;

/**
 * Finds out whether Docker runs on another machine, from the address of its API.
 *
 * @param host - such as unix:///var/run/docker.sock, tcp://docker:2376 or ssh://me@server
 * @returns the address if it is another machine's, or in another network than this process
 */
export function remoteDockerHost(host: string): string | undefined {
  if (/^(unix|npipe|fd):/.test(host) || host === "") return undefined;
  try {
    const { protocol, hostname } = new URL(host);
    const isThisMachine = ["localhost", "127.0.0.1", "[::1]", "host.docker.internal"].includes(hostname);
    return protocol !== "ssh:" && isThisMachine && hostname !== "host.docker.internal" ? undefined : host;
  } catch {
    return host;
  }
}

/** The failure of a Docker that publishes ports on the 127.0.0.1 of another machine. */
export const dockerElsewhere = (where: string): Observation =>
  problem(
    `${where} runs the containers elsewhere, so the ports that they publish on 127.0.0.1 do not exist here`,
    remedy`run ${run("up")} on that machine; or use a Docker here: unset DOCKER_HOST; docker context use default; or a cluster that you have: ${configSet("cluster", "existing")}`,
  );

const moreResources =
  "give Docker more in its settings (Docker Desktop, OrbStack), or: colima start --memory 6 --cpu 4";

/** Memory of the machine that runs the containers. */
export function memory({ MemTotal }: DockerInfo, nodes: number): Observation {
  if (!MemTotal) return unknown("Docker does not say how much it has");
  const [least, wanted] = [1.5, 3.5 + 0.5 * Math.max(0, nodes - 2)];
  const size = MemTotal / gigabyte;
  const shown = `${size.toFixed(1)} GiB`;
  if (size < least) return problem(`${shown}, and ${nodes} nodes with Istio need ${wanted} GiB`, moreResources);
  if (size < wanted)
    return warning(`${shown}, and ${nodes} nodes with Istio are slow below ${wanted} GiB`, moreResources);
  return ok(shown);
}

/** CPUs of the machine that runs the containers. */
export function cpus({ NCPU }: DockerInfo): Observation {
  if (!NCPU) return unknown("Docker does not say how many it has");
  return NCPU < 2 ? warning(`${NCPU}, and an environment is slow on fewer than 2`, moreResources) : ok(String(NCPU));
}

/**
 * Disk where Docker keeps images. The kubelet of k3s evicts every pod below 5 % of the disk, whatever its size
 * (https://k3d.io/stable/faq/faq/#pods-evicted-due-to-lack-of-disk-space).
 *
 * @param bytes - of that disk; undefined if this machine cannot see it
 */
export function disk(bytes: { readonly free: number; readonly total: number } | undefined): Observation {
  if (!bytes || bytes.total === 0) return unknown("Docker's disk cannot be seen from here");
  const percent = (100 * bytes.free) / bytes.total;
  const shown = `${Math.floor(bytes.free / 1e9)} GB (${percent.toFixed(percent < 10 ? 1 : 0)} %) free`;
  const fix = "free some, for example: docker system prune";
  if (percent < 5) return problem(`${shown} where Docker keeps images; Kubernetes evicts pods below 5 %`, fix);
  if (bytes.free < 5e9) return problem(`${shown} where Docker keeps images, and 5 GB are needed`, fix);
  if (percent < 10) return warning(`${shown}; Kubernetes evicts pods below 5 %`, fix);
  return ok(shown);
}

/** Images that exist for amd64 only. @param published - true if the app's default image is used */
export function architecture({ Architecture }: DockerInfo, published: boolean): Observation {
  const arm = /^(aarch64|arm64)$/.test(Architecture ?? "");
  if (!Architecture) return unknown("Docker does not say which it has");
  if (arm && published)
    return warning(
      `${Architecture}, and the default image of helloworld may exist for amd64 only`,
      remedy`${configSet("appSource", "folder")}, which builds it here`,
    );
  return arm || /^(x86_64|amd64)$/.test(Architecture)
    ? ok(Architecture)
    : problem(`${Architecture}, for which k3s and Istio have no images`, "use amd64 or arm64");
}

/** Kubernetes 1.35 and newer reject cgroup v1 by default. The nodes of k3d clusters get `--fail-cgroupv1=false`. */
export function cgroup({ CgroupVersion }: DockerInfo, kubernetesMinor: number): Observation | undefined {
  if (!CgroupVersion) return undefined;
  return CgroupVersion === "1" && refusesCgroupV1(kubernetesMinor)
    ? warning(
        `v1, which Kubernetes 1.${kubernetesMinor} no longer supports; its nodes start with fail-cgroupv1=false`,
        remedy`use a host with cgroup v2, or: ${configSet("k3sVersion", versions.supported.k3sOnCgroupV1)}`,
      )
    : ok(`v${CgroupVersion}`);
}

/**
 * Rootless Docker publishes no port that the kernel keeps to root
 * (https://docs.docker.com/engine/security/rootless/).
 *
 * @param first - lowest port that any user may publish
 */
export function rootless(
  { SecurityOptions }: DockerInfo,
  ports: readonly number[],
  first: number,
): Observation | undefined {
  const kept = ports.filter((port) => port < first);
  if (kept.length === 0 || !SecurityOptions?.some((option) => option.includes("name=rootless"))) return undefined;
  return problem(
    `Docker may not publish ${kept.join(" and ")}, below ${first}`,
    remedy`sudo sysctl net.ipv4.ip_unprivileged_port_start=${Math.min(...kept)}, or other ports: ${configSet("httpPort", 8080)}; ${configSet("httpsPort", 8443)}`,
  );
}

/** Storage drivers on which containerd's overlayfs does not work inside a node (https://k3d.io/stable/faq/faq/). */
export const storage = ({ Driver }: DockerInfo): Observation | undefined =>
  Driver === "btrfs" || Driver === "zfs"
    ? warning(
        `${Driver}, on which the nodes' own images may fail to mount`,
        "https://k3d.io/stable/faq/faq/ has a remedy for each",
      )
    : undefined;

/** Options of the kernel for what istio-cni needs in ambient (https://istio.io/latest/docs/ops/deployment/platform-requirements/). */
const ambientOptions = {
  IP_SET: "ip_set",
  IP_SET_HASH_IP: "ip_set_hash_ip",
  NETFILTER_XT_CONNMARK: "xt_connmark",
  NETFILTER_XT_MARK: "xt_mark",
  NETFILTER_XT_TARGET_REDIRECT: "xt_REDIRECT",
} as const;

/**
 * Modules of the kernel without which no pod joins ambient.
 *
 * @param config - of the kernel that runs the containers; undefined if it cannot be read
 */
export function kernelModules(config: string | undefined): Observation {
  if (config === undefined) return unknown("the configuration of the kernel cannot be read");
  const missing = Object.entries(ambientOptions).filter(
    ([option]) => !new RegExp(`^CONFIG_${option}=[my]$`, "m").test(config),
  );
  const names = missing.map(([, module]) => module).join(", ");
  return missing.length > 0
    ? problem(
        `the kernel has no ${names}, which istio-cni needs in ambient`,
        remedy`use a kernel with them, or: ${configSet("dataplane", "sidecar")}`,
      )
    : ok(`those that istio-cni needs: ${Object.values(ambientOptions).join(", ")}`);
}
