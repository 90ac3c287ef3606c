import { damages } from "./damage";
import type { Fault } from "./fault";
import { interruptions } from "./kills";
import { withOthers } from "./others";
import { refusals } from "./refusals";
import { renames } from "./renames";
import { rolloutKills } from "./rolloutKills";
import { stateFaults } from "./stateFaults";

/** Every fault. @param kills - number of steps of an up to kill at */
export const faults = (kills: number): Fault[] => [
  ...withOthers(),
  ...refusals(),
  ...renames(),
  ...stateFaults(),
  ...damages(),
  ...rolloutKills(),
  ...interruptions(kills),
];
