import { readFileSync } from "node:fs";
import { networkInterfaces, release } from "node:os";
import { gunzipSync } from "node:zlib";
import { holderOf, isListening } from "../../../host/ports";
import type { Observation } from "../../../model/checks/result";
import type { Owner } from "../../../model/cluster/ownership";
import { claimOnObject } from "../../../model/cluster/removal";
import * as network from "../../../model/doctor/network";

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
};
const numberIn = (file: string): number | undefined => {
  const text = textOf(file);
  return text === undefined ? undefined : Number(text);
};

/** Networks of this machine's interfaces and, on Linux, of its routing table. */
export function hostRoutes(): network.NetworkRoute[] {
  const interfaces = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).flatMap(({ family, cidr }) =>
      family === "IPv4" && cidr ? [{ interface: name, network: cidr }] : [],
    ),
  );
  return [...interfaces, ...network.routesOf(textOf("/proc/net/route") ?? "")];
}

/** The limits of inotify; undefined on a machine without them. */
export const inotifyLimits = () => ({
  instances: numberIn("/proc/sys/fs/inotify/max_user_instances"),
  watches: numberIn("/proc/sys/fs/inotify/max_user_watches"),
});

/** Configuration of this machine's kernel. Undefined if the machine does not show it. */
export function kernelConfig(): string | undefined {
  try {
    return gunzipSync(readFileSync("/proc/config.gz")).toString();
  } catch {
    return textOf(`/boot/config-${release()}`) ?? textOf(`/lib/modules/${release()}/config`);
  }
}

/** Lowest port that a user without privileges may listen on. */
export const firstFreePort = (): number => numberIn("/proc/sys/net/ipv4/ip_unprivileged_port_start") ?? 0;

/** Observes a port that the environment publishes. */
export async function publishedPort(number: number, key: string, owner: Owner | undefined): Promise<Observation> {
  if (!(await isListening(number))) return network.port(number, key, undefined);
  const { name, container } = await holderOf(number);
  // the program decides about a container without an id, and about a state that is not in files
  const claim = container?.stack && (owner ? claimOnObject(container, owner) : "ours");
  return network.port(number, key, {
    name,
    isOurs: claim === "ours" || claim === "unproven",
    isLost: claim === "lost",
  });
}
