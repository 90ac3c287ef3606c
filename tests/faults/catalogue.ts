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

/**
 * Every fault.
 *
 * @param kills - number of steps of an up to kill at
 * @param newerIstio - version that the environment can be upgraded to; without it, no fault is of an upgrade
 */
export const faults = (kills: number, newerIstio?: string): Fault[] => [
  ...withOthers(),
  ...refusals(),
  ...renames(),
  ...stateFaults(),
  ...damages(),
  ...gatewayApiFaults(),
  ...rolloutKills(),
  ...(newerIstio === undefined ? [] : upgradeKills(newerIstio)),
  ...interruptions(kills),
];
