// @ts-check

const ours = "start|run (?:--silent )?(?:verify|rollout|destroy|token|trust|bundle|doctor|recover|env|bench)";
const pulumis = "run (?:--silent )?pulumi -- \\w+";

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
  if (stack === "dev") return text;
  return text
    .replaceAll(new RegExp(`npm (${ours})\\b(?! -- --stack)( --(?= ))?`, "g"), `npm $1 -- --stack ${stack}`)
    .replaceAll(new RegExp(`npm (${pulumis})\\b(?! --stack)`, "g"), `npm $1 --stack ${stack}`)
    .replaceAll(/(?<![\w-])ca\.pem\b/g, `ca-${stack}.pem`);
}
