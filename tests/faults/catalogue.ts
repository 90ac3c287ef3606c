import { ambientFaults } from "./ambient";
import { damages } from "./damage";
import type { Fault } from "./fault";
import { gatewayApiFaults } from "./gatewayApi";
import { interruptions } from "./kills";
import { withOthers } from "./others";
import { refusals } from "./refusals";
import { renames } from "./renames";
import { rolloutKills } from "./rolloutKills";
import { stateFaults } from "./stateFaults";
import { upgradeKills } from "./upgradeKills";

/** Versions of Istio that this machine can install. */
export interface Installable {
  /** True if it has istio-cni and ztunnel of the environment's version. Without them, no fault is of ambient. */
  readonly ambient?: boolean;
  /** Version that the environment can be upgraded to. Without one, no fault is of an upgrade. */
  readonly newerIstio?: string | undefined;
}

/** Every fault. @param kills - number of steps of an up to kill at */
export const faults = (kills: number, { ambient = false, newerIstio }: Installable = {}): Fault[] => [
  ...withOthers(),
  ...refusals(),
  ...renames(),
  ...stateFaults(),
  ...damages(),
  ...gatewayApiFaults(),
  ...(ambient ? ambientFaults() : []),
  ...rolloutKills(),
  ...(newerIstio === undefined ? [] : upgradeKills(newerIstio)),
  ...interruptions(kills),
];
