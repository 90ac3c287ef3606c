import { none } from "../settings/forms";

/** Stages in which an environment changes to the next control plane. Each includes those before it. */
export const upgradeStages = ["crds", "istiod", "gateway", "app", "default"] as const;
export type UpgradeStage = (typeof upgradeStages)[number];

/** The settings that decide about versions. The keys of the configuration use {@link upgradeStages}, so they are not imported. */
interface VersionSettings {
  readonly istioVersion: string;
  readonly nextIstioVersion: string;
  readonly nextIstioStage: UpgradeStage;
}

/** The Istio version of each part of an environment. */
export interface MeshVersions {
  /** Of the CRDs. Older control planes can use newer CRDs. */
  readonly base: string;
  /** Of each control plane, the running one first. */
  readonly istiods: readonly string[];
  readonly gateway: string;
  /** Of the control plane that the tag `stable` names, which injects the app's sidecars. */
  readonly app: string;
  /** Of the control plane that the tag `default` names, which also validates Istio's resources. */
  readonly default: string;
}

/** Versions of the parts of an environment: the running version, or the next one for each part whose stage is reached. */
export function meshVersions({ istioVersion, nextIstioVersion, nextIstioStage }: VersionSettings): MeshVersions {
  const next = nextIstioVersion === none ? istioVersion : nextIstioVersion;
  const at = (stage: UpgradeStage) =>
    upgradeStages.indexOf(nextIstioStage) >= upgradeStages.indexOf(stage) ? next : istioVersion;
  return {
    base: at("crds"),
    istiods: [...new Set([istioVersion, at("istiod")])],
    gateway: at("gateway"),
    app: at("app"),
    default: at("default"),
  };
}

/** Name of the revision that a version is installed as. A revision is part of DNS names, so it has no dots. */
export const revisionOf = (version: string): string => version.toLowerCase().replaceAll(".", "-");

/** Name of the Helm release, the Deployment and the Service of a version's control plane. */
export const istiodOf = (version: string): string => `istiod-${revisionOf(version)}`;
