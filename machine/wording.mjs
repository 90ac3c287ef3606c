// @ts-check
import { defaultStack, shortName } from "./settings.mjs";

const ours = "start|run (?:--silent )?(?:verify|try|rollout|destroy|token|trust|bundle|doctor|recover|env|bench)";
const pulumis = "run (?:--silent )?pulumi -- \\w+";
/** The rest of a command that names its stack already; a command ends at punctuation. */
const stackFollows = '[^,;&|\\n"`]* --stack';

/** The option with which Pulumi writes whole resources into a file, the values of secrets too. */
const tellAll = /^--event-log(=|$)/;

/**
 * What to say before Pulumi runs with such an option, or undefined where it does not.
 *
 * @param {readonly string[]} args - of Pulumi
 */
export function warning(args) {
  const option = args.find((arg) => tellAll.test(arg));
  return option && `warning: with ${option} Pulumi tells keys and the kubeconfig in plain text; publish none of it`;
}

/**
 * A text with its commands and its file of the CA as they are for another stack than dev, for which all texts are written.
 *
 * @param {string} text
 * @param {string} stack
 */
export function forStack(text, stack) {
  const named =
    stack === "dev" && defaultStack() === "dev"
      ? text
      : text
          .replaceAll(new RegExp(`npm (${ours})\\b(?!${stackFollows})( --(?= ))?`, "g"), `npm $1 -- --stack ${stack}`)
          .replaceAll(new RegExp(`npm (${pulumis})\\b(?!${stackFollows})`, "g"), `npm $1 --stack ${stack}`);
  const name = shortName(stack);
  return name === "dev" ? named : named.replaceAll(/(?<![\w-])ca\.pem\b/g, `ca-${name}.pem`);
}
