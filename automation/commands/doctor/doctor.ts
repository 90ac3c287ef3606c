import { exitCodes, OperationFailed } from "../../../host/failure";
import { type CheckResult, checkTable, failures } from "../../../model/checks/result";
import type { Owner } from "../../../model/cluster/ownership";
import * as engine from "../../../model/doctor/engine";
import { unknown } from "../../../model/doctor/finding";
import * as network from "../../../model/doctor/network";
import { node } from "../../../model/doctor/versions";
import { keys, type Settings } from "../../../model/settings/contract";
import versions from "../../../versions.json";
import { settingsInFile } from "../../stack/fileSettings";
import { ownerInFile } from "../../stack/identity";
import { commandsFor } from "../../stack/project";
import { findTools } from "../../stack/tools";
import { dockerDisk, dockerEngine, dockerNetworks, dockerPlace, foreignCluster } from "./docker";
import { existingCluster } from "./existing";
import { firstFreePort, hostRoutes, inotify, ports } from "./machine";

/** The version of Node that runs this command. */
const nodeVersion = (): CheckResult => node(process.versions.node, versions.supported.minimum.node);

async function k3dMachine(settings: Settings, owner: Owner | undefined): Promise<CheckResult[]> {
  const { finding, info } = await dockerEngine();
  const place = await dockerPlace(info !== undefined);
  // the checks below look at this machine, but Docker does not answer or runs on another one
  if (!info || failures(place).length > 0) return [finding, ...place];
  const { clusterName, agents, httpPort, httpsPort, subnet, appSource, appImage } = settings;
  const nodes = 1 + agents;
  const routes = hostRoutes();
  const published = appSource === "published" && appImage === keys.appImage.default;
  const [cluster, networks, disk] = await Promise.all([
    foreignCluster(clusterName, owner),
    dockerNetworks(clusterName, owner).catch(() => undefined),
    dockerDisk(info),
  ]);
  return [
    finding,
    ...cluster,
    networks
      ? network.subnet(subnet, networks.lines, networks.own, routes)
      : unknown(`subnet ${subnet}`, "Docker does not list its networks"),
    ...network.podNetworks(routes),
    ...engine.rootless(info, [httpPort, httpsPort], firstFreePort()),
    engine.disk(disk),
    ...engine.size(info, nodes),
    engine.architecture(info, published),
    ...engine.cgroup(info, Number(settings.k3sVersion.split(".")[1])),
    ...engine.storage(info),
    ...inotify(nodes),
  ];
}

/** Results of all checks. */
interface Examined {
  readonly tools: readonly CheckResult[];
  readonly machine: readonly CheckResult[];
}

async function look(stackName: string): Promise<Examined> {
  const settings = await settingsInFile(stackName);
  if (settings.cluster === "existing") {
    const [tools, cluster] = await Promise.all([findTools(["pulumi"]), existingCluster(settings)]);
    return { tools, machine: [nodeVersion(), ...cluster] };
  }
  const owner = await ownerInFile(stackName);
  const [tools, published, machine] = await Promise.all([
    findTools(),
    ports(settings, owner),
    k3dMachine(settings, owner),
  ]);
  return { tools, machine: [nodeVersion(), ...machine, ...published] };
}

/** Checks everything that an environment needs of this machine, and changes nothing. */
export async function examine(stackName: string): Promise<readonly CheckResult[]> {
  const { tools, machine } = await look(stackName);
  return [...machine, ...tools];
}

/**
 * Shows the results of all checks of this machine.
 *
 * @throws OperationFailed if an environment could not come up
 */
export async function doctor(stackName: string, say: (line: string) => void): Promise<void> {
  const findings = await examine(stackName);
  say(checkTable(findings, commandsFor(stackName)));
  const count = failures(findings).length;
  if (count > 0) throw new OperationFailed(`${count === 1 ? "1 problem" : `${count} problems`}`, exitCodes.environment);
}

/**
 * Rejects a machine on which an environment cannot come up, before anything is created, and shows warnings.
 *
 * @returns the checks of Pulumi and k3d
 * @throws OperationFailed with every problem and its remedy
 */
export async function refuseUnfitMachine(
  stackName: string,
  say: (line: string) => void,
): Promise<readonly CheckResult[]> {
  const { tools, machine } = await look(stackName);
  const found = failures(machine);
  if (found.length > 0)
    throw new OperationFailed(
      `this machine is not ready, nothing was created:\n${checkTable(found, commandsFor(stackName))}`,
      exitCodes.environment,
    );
  const warnings = machine.filter(({ isWarning }) => isWarning);
  if (warnings.length > 0) say(checkTable(warnings, commandsFor(stackName)));
  return tools;
}
