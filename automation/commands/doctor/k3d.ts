import { clusterNetworks } from "../../../model/cluster/addressPool";
import type { Owner } from "../../../model/cluster/ownership";
import * as engine from "../../../model/doctor/engine";
import { unknown } from "../../../model/doctor/finding";
import * as network from "../../../model/doctor/network";
import { type Settings, settingKeys } from "../../../model/settings/contract";
import type { Check } from "../../stack/check";
import { type DockerEngine, dockerDisk, dockerNetworks, foreignCluster } from "./docker";
import { firstFreePort, hostRoutes, inotifyLimits, kernelConfig, publishedPort } from "./machine";

/** This machine, on which an environment has a k3d cluster. */
export interface K3dMachine {
  readonly settings: Settings;
  readonly owner: Owner | undefined;
  readonly docker: DockerEngine;
}

type K3dCheck = Check<K3dMachine>;
type Observed = ReturnType<K3dCheck["run"]>;

const before = "before-anything-is-made";
const machine = "this-machine";
const addresses = "addresses-that-this-machine-uses-already";

/** Observes only a Docker that answers and runs on this machine. */
const onDocker =
  (run: (info: engine.DockerInfo, machine: K3dMachine) => Awaited<Observed> | Observed): K3dCheck["run"] =>
  async (context) =>
    context.docker.info && run(context.docker.info, context);

const nodeCount = ({ agents }: Settings): number => 1 + agents;
const hasPublishedImage = ({ appSource, appImage }: Settings): boolean =>
  appSource === "published" && appImage === settingKeys.appImage.default;

const subnet = onDocker(async (_, { settings, owner }) => {
  const networks = await dockerNetworks(settings.clusterName, owner).catch(() => undefined);
  return networks
    ? network.subnet(settings.subnet, networks.lines, networks.ownNetworks, hostRoutes())
    : unknown("Docker does not list its networks");
});

const portCheck = (key: "httpPort" | "httpsPort", id: string): K3dCheck => ({
  ...{ id, title: ({ settings }) => `port ${settings[key]}`, section: before },
  run: ({ settings, owner }) => publishedPort(settings[key], key, owner),
});

/** Checks of a machine on which an environment has a k3d cluster, in the order of their table. */
export const k3dChecks: readonly K3dCheck[] = [
  { id: "docker", title: "docker", section: before, run: async ({ docker }) => docker.observation },
  {
    ...{ id: "docker-host", title: "docker host", section: "docker-runs-elsewhere" },
    run: async ({ docker }) => docker.elsewhere,
  },
  {
    ...{ id: "cluster", title: ({ settings }) => `cluster ${settings.clusterName}`, section: before },
    run: onDocker((_, { settings, owner }) => foreignCluster(settings.clusterName, owner)),
  },
  { id: "subnet", title: ({ settings }) => `subnet ${settings.subnet}`, section: before, run: subnet },
  ...clusterNetworks.map(
    (cidr, i): K3dCheck => ({
      ...{ id: `cluster-network-${i + 1}`, title: `network ${cidr}`, section: addresses },
      run: onDocker(() => network.podNetwork(cidr, hostRoutes())),
    }),
  ),
  {
    ...{ id: "rootless", title: "rootless", section: before },
    run: onDocker((info, { settings: { httpPort, httpsPort } }) =>
      engine.rootless(info, [httpPort, httpsPort], firstFreePort()),
    ),
  },
  {
    ...{ id: "disk", title: "disk", section: machine },
    run: onDocker(async (info) => engine.disk(await dockerDisk(info))),
  },
  {
    ...{ id: "memory", title: "memory", section: machine },
    run: onDocker((info, { settings }) => engine.memory(info, nodeCount(settings))),
  },
  { id: "cpus", title: "cpus", section: machine, run: onDocker((info) => engine.cpus(info)) },
  {
    ...{ id: "architecture", title: "architecture", section: machine },
    run: onDocker((info, { settings }) => engine.architecture(info, hasPublishedImage(settings))),
  },
  {
    ...{ id: "cgroup", title: "cgroup", section: machine },
    run: onDocker((info, { settings }) => engine.cgroup(info, Number(settings.k3sVersion.split(".")[1]))),
  },
  { id: "storage-driver", title: "storage driver", section: machine, run: onDocker(engine.storage) },
  {
    ...{ id: "inotify", title: "inotify", section: machine },
    run: onDocker((_, { settings }) => {
      const { instances, watches } = inotifyLimits();
      return network.inotify(nodeCount(settings), instances, watches);
    }),
  },
  {
    ...{ id: "kernel-modules", title: "kernel modules", section: "ambient" },
    run: onDocker((info, { settings: { dataplane } }) =>
      dataplane === "ambient"
        ? engine.kernelModules(engine.isInVirtualMachine(info) ? undefined : kernelConfig())
        : undefined,
    ),
  },
  portCheck("httpPort", "http-port"),
  portCheck("httpsPort", "https-port"),
];
