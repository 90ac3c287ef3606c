import type { Command } from "./command";
import { bundle } from "./commands/bundle";
import { destroy } from "./commands/destroy";
import { doctor } from "./commands/doctor";
import { env } from "./commands/env";
import { bench, endurance, faults } from "./commands/maintenance";
import { pulumi } from "./commands/pulumi";
import { recover } from "./commands/recover";
import { rollout } from "./commands/rollout";
import { token } from "./commands/token";
import { tools } from "./commands/tools";
import { trust } from "./commands/trust";
import { tryFolder } from "./commands/try";
import { up } from "./commands/up";
import { upgrade } from "./commands/upgrade";
import { verify } from "./commands/verify";
import { versions } from "./commands/versions";
import { view } from "./commands/view";

/** Every command, in the order of help and of the README. */
export const commands: readonly Command[] = [
  up,
  verify,
  tryFolder,
  rollout,
  upgrade,
  view,
  destroy,
  token,
  tools,
  trust,
  bundle,
  doctor,
  versions,
  pulumi,
  env,
  recover,
  bench,
  faults,
  endurance,
];
