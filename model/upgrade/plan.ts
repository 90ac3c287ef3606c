import type { Stage } from "../mesh/revisions";
import { compareVersions, minorNumber, minorOf, supportedIstio } from "../mesh/versions";
import { skew } from "../settings/versionRules";

/** Steps of an upgrade in their order. Those with a stage are one value of nextIstioStage. */
export const steps = [
  { name: "crds", does: "updates Istio's CRDs (chart base)", stage: "crds" },
  { name: "istiod", does: "installs the new control plane beside the old one", stage: "istiod" },
  { name: "canary", does: "calls the app from a namespace on the new revision", stage: "istiod" },
  { name: "gateway", does: "replaces the ingress gateway's pods, the new ones first", stage: "gateway" },
  { name: "app", does: "moves the tag stable, and replaces the app's pods", stage: "app" },
  { name: "default", does: "moves the tag default, and the validation of Istio's resources", stage: "default" },
  { name: "finish", does: "removes the old control plane", stage: undefined },
] as const satisfies readonly { name: string; does: string; stage: Stage | undefined }[];
export type Step = (typeof steps)[number];
export type StepName = Step["name"];

/** Versions between which an upgrade goes. */
export interface UpgradePlan {
  readonly from: string;
  readonly to: string;
}

/** Facts about an environment on which it depends whether it can be upgraded. */
export interface Upgradable {
  readonly running: string;
  /** Versions of the proxies that run. */
  readonly proxies: readonly string[];
  /** Version of the cluster's Kubernetes, such as v1.34.4. */
  readonly kubernetes: string;
}

/** Reason why an environment cannot be upgraded to a version, with the remedy. Undefined if it can. */
export function refusal(to: string, { running, proxies, kubernetes }: Upgradable): string | undefined {
  const supported = supportedIstio[minorOf(to)];
  if (!supported)
    return `--to = ${to} must be an exact version of ${Object.keys(supportedIstio).join(" or ")}; fix: npm run versions, which shows them`;
  if (compareVersions(to, running) === 0) return `Istio ${to} is installed already; nothing to do`;
  const newest = [...proxies, running].sort(compareVersions).at(-1) ?? running;
  if (minorNumber(to) < minorNumber(newest))
    return `--to = ${to} is a minor below the proxies, of which some are ${newest}: Istio does not support proxies that are newer than their control plane; fix: stay on ${minorOf(newest)}, or destroy the environment and start it with istioVersion ${to}`;
  const oldest = [...proxies, running].sort(compareVersions)[0] ?? running;
  if (minorNumber(to) - minorNumber(oldest) > skew)
    return `--to = ${to} is more than ${skew} minors above ${oldest}, which a control plane does not serve; fix: upgrade to 1.${minorNumber(oldest) + skew} first`;
  if (!supported.kubernetes.includes(minorOf(kubernetes)))
    return `Istio ${to} supports Kubernetes ${supported.kubernetes.join(", ")}, and the cluster runs ${kubernetes}; fix: another --to, or a cluster of another k3sVersion`;
  return undefined;
}

/** The steps of an upgrade, for a person who decides whether to begin it. */
export const planText = ({ from, to }: UpgradePlan): string =>
  [
    `Istio ${from} to ${to}:`,
    ...steps.map(({ name, does }, i) => `  ${i + 1}. ${name.padEnd(8)} ${does}`),
    "Each step is measured under load before the next one. A step that fails goes back by itself.",
    "Until the last step, npm run upgrade -- abort goes back to the old control plane.",
  ].join("\n");
