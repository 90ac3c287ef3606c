import type { UpgradeStage } from "../mesh/revisions";
import { compareVersions, minorNumber, minorOf, supportedIstio } from "../mesh/versions";
import { configSet, type Remedy, remedy, run } from "../output/remedy";
import { release } from "../settings/forms";
import { proxySkew } from "../settings/versionRules";

/** Steps of an upgrade in their order. A step with a stage applies that value of nextIstioStage. */
export const upgradeSteps = [
  { name: "crds", does: "updates Istio's CRDs (chart base)", stage: "crds" },
  { name: "istiod", does: "installs the new control plane beside the old one", stage: "istiod" },
  { name: "canary", does: "calls the app from a namespace on the new revision", stage: undefined },
  { name: "gateway", does: "replaces the ingress gateway's pods, the new ones first", stage: "gateway" },
  { name: "app", does: "moves the tag stable, and replaces the app's pods", stage: "app" },
  { name: "default", does: "moves the tag default, and the validation of Istio's resources", stage: "default" },
  { name: "finish", does: "removes the old control plane", stage: undefined },
] as const satisfies readonly { name: string; does: string; stage: UpgradeStage | undefined }[];
export type UpgradeStep = (typeof upgradeSteps)[number];
export type StepName = UpgradeStep["name"];

/** Versions before and after an upgrade. */
export interface UpgradePlan {
  readonly from: string;
  readonly to: string;
}

/** Facts about a running environment that decide whether it can be upgraded. */
export interface Upgradable {
  /** Version of the control plane. */
  readonly running: string;
  /** Versions of all running proxies. */
  readonly proxies: readonly string[];
  /** Version of the cluster's Kubernetes, such as v1.34.4. */
  readonly kubernetes: string;
}

const versionsCommand = run("versions");

/** The reason why an environment cannot be upgraded to a version, with the remedy. Undefined if it can. */
export function upgradeRefusal(to: string, { running, proxies, kubernetes }: Upgradable): Remedy | undefined {
  const supported = supportedIstio[minorOf(to)];
  if (!supported || !release(to))
    return remedy`--to = "${to}" must be an exact version of ${Object.keys(supportedIstio).join(" or ")}; fix: ${versionsCommand} lists them`;
  if (compareVersions(to, running) === 0)
    return remedy`--to = "${to}" must be another version than the installed one; fix: ${versionsCommand} lists them`;
  const known = [...proxies.filter((version) => /^\d+\.\d+\./.test(version)), running].sort(compareVersions);
  const [oldest = running, newest = running] = [known[0], known.at(-1)];
  if (minorNumber(to) < minorNumber(newest))
    return remedy`--to = "${to}" must not be of an older minor than the proxies, of which some have ${newest}: Istio does not support proxies that are newer than their control plane; fix: a version of ${minorOf(newest)}, or a new environment: ${run("destroy")}, then ${configSet("istioVersion", to)}, then ${run("up")}`;
  if (minorNumber(to) - minorNumber(oldest) > proxySkew)
    return remedy`--to = "${to}" must be at most ${proxySkew} minors newer than the oldest proxy, which has ${oldest}; fix: first a version of 1.${minorNumber(oldest) + proxySkew}, which ${versionsCommand} lists`;
  if (!supported.kubernetes.includes(minorOf(kubernetes)))
    return remedy`--to = "${to}" supports Kubernetes ${supported.kubernetes.join(", ")}, and the cluster runs ${kubernetes}; fix: another version, which ${versionsCommand} lists, or a cluster of another k3sVersion`;
  return undefined;
}

/** The steps of an upgrade, for a person who decides whether to begin it. */
export const planText = ({ from, to }: UpgradePlan): string =>
  [
    `Istio ${from} to ${to}:`,
    ...upgradeSteps.map(({ name, does }, i) => `  ${i + 1}. ${name.padEnd(8)} ${does}`),
    "Each step is measured under load. After a step that fails, everything goes back to the old control plane.",
    "Until the step finish, abort does the same.",
  ].join("\n");
