import { exitCodes, OperationFailed } from "../../../host/failure";
import { type CheckResult, checkTable, failedChecks } from "../../../model/checks/result";
import { node } from "../../../model/doctor/versions";
import versions from "../../../versions.json";
import { type Check, runChecks } from "../../stack/check";
import { settingsInFile } from "../../stack/fileSettings";
import { ownerInFile } from "../../stack/identity";
import { commandsFor } from "../../stack/project";
import { findTools } from "../../stack/tools";
import { inspectDocker } from "./docker";
import { existingChecks, existingCluster } from "./existing";
import { issuerCheck, loginIssuerInFile } from "./issuer";
import { k3dChecks } from "./k3d";

const nodeCheck: Check<unknown> = {
  ...{ id: "node", title: "node", section: "before-anything-is-made" },
  run: async () => node(process.versions.node, versions.supported.minimum.node),
};

/** Results of all checks. */
interface Examined {
  readonly tools: readonly CheckResult[];
  readonly machine: readonly CheckResult[];
}

async function runAllChecks(stackName: string): Promise<Examined> {
  const settings = await settingsInFile(stackName);
  const issuer = runChecks([issuerCheck], await loginIssuerInFile(stackName));
  if (settings.cluster === "existing") {
    const checks = [nodeCheck, ...existingChecks];
    const examined = runChecks(checks, existingCluster(settings));
    const [tools, machine, login] = await Promise.all([findTools(["pulumi"]), examined, issuer]);
    return { tools, machine: [...machine, ...login] };
  }
  const owner = await ownerInFile(stackName);
  const examined = inspectDocker().then((docker) => runChecks([nodeCheck, ...k3dChecks], { settings, owner, docker }));
  const [tools, machine, login] = await Promise.all([findTools(), examined, issuer]);
  return { tools, machine: [...machine, ...login] };
}

/** Checks everything that an environment needs of this machine, and changes nothing. */
export async function checkMachine(stackName: string): Promise<readonly CheckResult[]> {
  const { tools, machine } = await runAllChecks(stackName);
  return [...machine, ...tools];
}

/**
 * Shows the results of all checks of this machine.
 *
 * @throws OperationFailed if an environment could not come up
 */
export async function doctor(stackName: string, say: (line: string) => void): Promise<void> {
  const findings = await checkMachine(stackName);
  say(checkTable(findings, commandsFor(stackName)));
  const count = failedChecks(findings).length;
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
  const { tools, machine } = await runAllChecks(stackName);
  const failed = failedChecks(machine);
  if (failed.length > 0)
    throw new OperationFailed(
      `this machine is not ready, nothing was created:\n${checkTable(failed, commandsFor(stackName))}`,
      exitCodes.environment,
    );
  const warnings = machine.filter(({ isWarning }) => isWarning);
  if (warnings.length > 0) say(checkTable(warnings, commandsFor(stackName)));
  return tools;
}
