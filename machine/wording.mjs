// @ts-check

const ours = "start|run (?:--silent )?(?:verify|rollout|destroy|token|trust|bundle|doctor|recover|bench)";
const pulumis = "run (?:--silent )?pulumi -- \\w+";

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
