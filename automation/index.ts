/**
 * The driver as a library, for programs that bring an environment up, test it and remove it.
 *
 * Each function drives the program in the current folder, with Pulumi's own environment: PATH, PULUMI_BACKEND_URL and
 * PULUMI_CONFIG_PASSPHRASE_FILE, as `npm run pulumi` sets them.
 */
export { destroy } from "./commands/destroy";
export type { RolloutOptions } from "./commands/rollout/options";
export { type RolloutOutcome, rollout, rolloutStatus } from "./commands/rollout/rollout";
export { up } from "./commands/up";
export {
  type UpgradeOptions,
  type UpgradeOutcome,
  upgrade,
  upgradeStatus,
} from "./commands/upgrade/upgrade";
export { refuseFindings, verify } from "./commands/verify/verify";
export { exitCodes, OperationFailed } from "./stack/operation";
