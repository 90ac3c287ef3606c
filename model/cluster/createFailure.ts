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

/** What Docker says, and what it means for a key of the configuration. */
const causes: readonly (readonly [said: RegExp, meaning: (found: string, settings: Meant) => string])[] = [
  [/127\.0\.0\.1:(\d+)(?: failed: port is already allocated|: bind: address already in use)/, portTaken],
  [
    /127\.0\.0\.1:(\d+): bind: permission denied/,
    (port, settings) => onPort(port, settings, "is below 1024, and this Docker may not publish such a port"),
  ],
  [
    /(Pool overlaps) with other one on this address space/,
    (_, settings) => subnetTaken(settings, "another Docker network"),
  ],
  [
    // Docker's word for an address; the one on a port is above
    /daemon: (Address already in use)/,
    (_, { caches }) =>
      caches.length > 0
        ? `an image cache took the address of a node while k3d made the cluster, as it may where it starts again and again, its registry being out of reach; fix: npm start tries again, or ${set} imageCache false`
        : "another container took the address of a node while k3d made the cluster; fix: npm start tries again",
  ],
  [
    /failed to pull image '(rancher\/k3s:[^']+)'/,
    (image, { k3sVersion }) =>
      `k3sVersion = "${k3sVersion}": Docker cannot pull ${image}; fix: the network, or ${set} k3sVersion to a version that is published`,
  ],
];

/**
 * Why k3d made no cluster: the key of the configuration that is the cause with what to do, where k3d's words tell it;
 * those words where they do not.
 */
export function createFailure(said: string, settings: Meant): string {
  for (const [pattern, meaning] of causes) {
    const found = pattern.exec(said)?.[1];
    if (found) return meaning(found, settings);
  }
  return said;
}
