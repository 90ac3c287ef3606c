// @ts-check
import { commands, optionsOf } from "./commands.mjs";

/** Options of Pulumi that npm does not know; those that it knows, such as --yes, may come from its own configuration. */
const pulumiOptions = [
  ...["stack", "config-file", "config-path", "cwd", "copy-config-from", "path", "plaintext", "policy-pack", "refresh"],
  ...["replace", "secret", "secrets-provider", "show-secrets", "skip-preview", "target"],
].map((name) => /** @type {const} */ ([name, true]));

/**
 * Refuses options that npm kept for itself: without `--` before them, npm takes the options of a command as its own
 * configuration, and the command would act on another stack than the one that was typed.
 *
 * @param {string} action
 * @param {readonly string[]} args - that npm passed on
 * @param {NodeJS.ProcessEnv} [env] - where npm puts its configuration
 * @throws Error with what to type
 */
export function refuseSwallowed(action, args, env = process.env) {
  const command = commandOf(action);
  for (const [name, takesValue] of command.options) {
    const value = env[`npm_config_${name.replaceAll("-", "_")}`];
    // npm has an option --save of its own, which is a switch
    if (value === undefined || (name === "save" && /^(true|false|)$/.test(value))) continue;
    // npm reads `--stack ci` as a switch, and passes `ci` on
    const [own, rest] = value === "true" && takesValue ? [args[0] ?? "VALUE", args.slice(1)] : [value, args];
    const typed = takesValue ? `--${name} ${own}` : `--${name}`;
    const right = [command.as, "--", ...rest, typed].join(" ");
    throw new Error(`npm keeps --${name} for itself unless -- stands before it; type: ${right}`);
  }
}

/** @param {string} action @returns {{ as: string, options: readonly (readonly [name: string, takesValue: boolean])[] }} */
function commandOf(action) {
  if (action === "pulumi") return { as: "npm run pulumi", options: pulumiOptions };
  const command = commands[action] ?? { as: action, does: "" };
  return {
    as: command.as,
    options: Object.entries(optionsOf(command)).map(([name, { value }]) => [name, value !== undefined]),
  };
}
