import { configSet, type Failure, type Remedy, remedy, run } from "../output/remedy";
import { dockerFailure } from "./dockerFailure";
import type { ClusterSettings } from "./k3dConfig";

type Ports = Pick<ClusterSettings, "httpPort">;
type ClusterKeys = Pick<ClusterSettings, "httpPort" | "subnet" | "k3sVersion" | "caches">;

/** The key of a published port, and its problem. The suggested port is 8080 for 80, and the next one otherwise. */
function portProblem(port: number | string, { httpPort }: Ports, clause: string, other: Remedy = []): Failure {
  const key = Number(port) === httpPort ? "httpPort" : "httpsPort";
  const next = Number(port) < 1024 ? 8000 + Number(port) : Number(port) + 1;
  return { problem: `${key} = ${port} ${clause}`, remedy: [...other, configSet(key, next)] };
}

/** Failure when another program listens on a port of the configuration. */
export const portTaken = (port: number | string, settings: Ports): Failure =>
  portProblem(
    port,
    settings,
    "is taken on 127.0.0.1",
    remedy`end the program that holds it, which ${run("doctor")} names, or: `,
  );

/** Failure when another network has addresses of the subnet. */
export const subnetTaken = ({ subnet }: Pick<ClusterKeys, "subnet">, network: string): Failure => ({
  problem: `subnet = "${subnet}" overlaps ${network}`,
  remedy: remedy`${run("doctor")} names a subnet that is free`,
});

const excludedPortHint = [
  "end the program that listens there; on Windows also look for it among the reserved ports (netsh interface ipv4 show excludedportrange protocol=tcp), or: ",
];

const portNotPublished = (port: string, settings: ClusterKeys) =>
  portProblem(port, settings, "cannot be published on 127.0.0.1", excludedPortHint);
const portPrivileged = (port: string, settings: ClusterKeys) =>
  portProblem(port, settings, "is below 1024, and this Docker may not publish such a port");
const subnetOverlaps = (_: string, settings: ClusterKeys) => subnetTaken(settings, "another Docker network");

/** Failure when an image cache, or else another container, has the address of a node. */
const addressTaken = (_: string, { caches }: ClusterKeys): Failure =>
  caches.length > 0
    ? {
        problem:
          "an image cache took the address of a node while k3d created the cluster (this happens when the cache keeps restarting because its registry is unreachable)",
        remedy: remedy`${run("up")} tries again, or ${configSet("imageCache", false)}`,
      }
    : {
        problem: "another container took the address of a node while k3d created the cluster",
        remedy: remedy`${run("up")} tries again`,
      };

/**
 * Messages of Docker, each with its meaning for a key of the configuration; the first that matches counts. k3d passes them
 * on as texts, without a code. Each pattern names the source of its text, in the tree of
 * https://github.com/moby/moby/tree/v28.5.2 if it has no address.
 */
const causes: readonly (readonly [message: RegExp, meaning: (match: string, settings: ClusterKeys) => Failure])[] = [
  // libnetwork/portallocator/portallocator.go, and the text of EADDRINUSE
  [/127\.0\.0\.1:(\d+)(?: failed: port is already allocated|: bind: address already in use)/, portTaken],
  // libnetwork/drivers/bridge/port_mapping_linux.go, Docker 28 and newer, with and without the address of the container
  [/bind host port (?:for )?127\.0\.0\.1:(\d+)(?::[\d.]+:\d+)?\/tcp: address already in use/, portTaken],
  // the text of EACCES, also in Docker 28 and newer
  [/127\.0\.0\.1:(\d+): bind: permission denied/, portPrivileged],
  [/bind host port (?:for )?127\.0\.0\.1:(\d+)(?::[\d.]+:\d+)?\/tcp: permission denied/, portPrivileged],
  // rootless Docker: https://docs.docker.com/engine/security/rootless/troubleshoot/
  [/cannot expose privileged port (\d+)/, portPrivileged],
  // Docker Desktop, whose ports are another machine's: the check before the create cannot see them
  // https://github.com/docker/for-win/issues/14385
  [/exposing port TCP 127\.0\.0\.1:(\d+)/, portNotPublished],
  // texts of WSAEACCES and WSAEADDRINUSE: https://learn.microsoft.com/windows/win32/winsock/windows-sockets-error-codes-2
  [/127\.0\.0\.1:(\d+): bind: (?:An attempt was made|Only one usage)/, portNotPublished],
  // libnetwork/ipamapi/contract.go and libnetwork/drivers/bridge/bridge_linux.go
  [/(Pool overlaps) with other one on this address space/, subnetOverlaps],
  [/(networks have overlapping IPv4)/, subnetOverlaps],
  // libnetwork/ipamapi/contract.go, ErrIPAlreadyAllocated: an address of a container; a port in use is above
  [/daemon: (Address already in use)/, addressTaken],
];

// https://github.com/k3d-io/k3d/blob/v5.9.0/pkg/runtimes/docker/container.go, createContainer
const unpulled = /failed to pull image '(rancher\/k3s:[^']+)'/;

/**
 * The reason why k3d could not create a cluster: a key of the configuration, or a problem of Docker.
 *
 * @returns undefined if the error is unknown
 */
export function createFailure(text: string, settings: ClusterKeys): Failure | undefined {
  for (const [pattern, meaning] of causes) {
    const match = pattern.exec(text)?.[1];
    if (match) return meaning(match, settings);
  }
  const image = unpulled.exec(text)?.[1];
  return (
    dockerFailure(text) ??
    (image
      ? {
          problem: `k3sVersion = "${settings.k3sVersion}": Docker cannot pull ${image}`,
          remedy: remedy`the network, or a version that is published: ${configSet("k3sVersion", "VERSION")}`,
        }
      : undefined)
  );
}
