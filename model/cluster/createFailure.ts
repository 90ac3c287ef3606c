import { dockerFailure } from "./dockerFailure";
import type { ClusterSettings } from "./k3dConfig";

type Ports = Pick<ClusterSettings, "httpPort">;
type Meant = Pick<ClusterSettings, "httpPort" | "subnet" | "k3sVersion" | "caches">;

const set = "npm run pulumi -- config set";

/** Ends of the text on a published port; the one that is offered is 8080 for 80, and the next one elsewhere. */
function onPort(port: number | string, { httpPort }: Ports, why: string, other = ""): string {
  const key = Number(port) === httpPort ? "httpPort" : "httpsPort";
  const next = Number(port) < 1024 ? 8000 + Number(port) : Number(port) + 1;
  return `${key} = ${port} ${why}; fix: ${other}${set} ${key} ${next}`;
}

/** Why a port of the configuration cannot be the cluster's. */
export const portTaken = (port: number | string, settings: Ports) =>
  onPort(port, settings, "is taken on 127.0.0.1 (npm run doctor names its holder)", "end that, or: ");

/** Why the subnet cannot be the cluster's. @param network - that has it */
export const subnetTaken = ({ subnet }: Pick<Meant, "subnet">, network: string) =>
  `subnet = "${subnet}" overlaps ${network}; fix: npm run doctor names a subnet that is free`;

const excluded =
  "end the program that listens there; on Windows also look for it among the reserved ports (netsh interface ipv4 show excludedportrange protocol=tcp), or: ";

const taken = (port: string, settings: Meant) => onPort(port, settings, "cannot be published on 127.0.0.1", excluded);
const privileged = (port: string, settings: Meant) =>
  onPort(port, settings, "is below 1024, and this Docker may not publish such a port");
const overlaps = (_: string, settings: Meant) => subnetTaken(settings, "another Docker network");

/** Messages of Docker and k3d, each with its meaning for a key of the configuration; the first that matches counts. */
const causes: readonly (readonly [message: RegExp, meaning: (match: string, settings: Meant) => string])[] = [
  [/127\.0\.0\.1:(\d+)(?: failed: port is already allocated|: bind: address already in use)/, portTaken],
  // Docker 28 and newer, with and without the address of the container
  [/bind host port (?:for )?127\.0\.0\.1:(\d+)(?::[\d.]+:\d+)?\/tcp: address already in use/, portTaken],
  [/127\.0\.0\.1:(\d+): bind: permission denied/, privileged],
  [/bind host port (?:for )?127\.0\.0\.1:(\d+)(?::[\d.]+:\d+)?\/tcp: permission denied/, privileged],
  [/cannot expose privileged port (\d+)/, privileged],
  // Docker Desktop, whose ports are another machine's: the check before the create cannot see them
  [/exposing port TCP 127\.0\.0\.1:(\d+)/, taken],
  [/127\.0\.0\.1:(\d+): bind: (?:An attempt was made|Only one usage)/, taken],
  [/(Pool overlaps) with other one on this address space/, overlaps],
  [/(networks have overlapping IPv4)/, overlaps],
  [
    // an address of a container; a port in use is above
    /daemon: (Address already in use)/,
    (_, { caches }) =>
      caches.length > 0
        ? `an image cache took the address of a node while k3d made the cluster, as it may where it starts again and again, its registry being out of reach; fix: npm start tries again, or ${set} imageCache false`
        : "another container took the address of a node while k3d made the cluster; fix: npm start tries again",
  ],
];

const unpulled = /failed to pull image '(rancher\/k3s:[^']+)'/;

/**
 * Why k3d made no cluster: the key of the configuration that is the cause and what to do, or what is wrong with Docker.
 *
 * @returns the text itself if it is not known
 */
export function createFailure(text: string, settings: Meant): string {
  for (const [pattern, meaning] of causes) {
    const match = pattern.exec(text)?.[1];
    if (match) return meaning(match, settings);
  }
  const docker = dockerFailure(text);
  if (docker) return docker;
  const image = unpulled.exec(text)?.[1];
  return image
    ? `k3sVersion = "${settings.k3sVersion}": Docker cannot pull ${image}; fix: the network, or ${set} k3sVersion to a version that is published`
    : text;
}
