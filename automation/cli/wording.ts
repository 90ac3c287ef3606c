import { defaultStack, shortName } from "../stack/project";

const ours = "start|run (?:--silent )?(?:verify|try|rollout|destroy|token|trust|bundle|doctor|recover|env|bench)";
const pulumis = "run (?:--silent )?pulumi -- \\w+";
/** The rest of a command that names its stack already; a command ends at punctuation. */
const stackFollows = '[^,;&|\\n"`]* --stack';

/** A text with its commands and its file of the CA as they are for another stack than dev. */
export function forStack(text: string, stack: string): string {
  const named =
    stack === "dev" && defaultStack() === "dev"
      ? text
      : text
          .replaceAll(new RegExp(`npm (${ours})\\b(?!${stackFollows})( --(?= ))?`, "g"), `npm $1 -- --stack ${stack}`)
          .replaceAll(new RegExp(`npm (${pulumis})\\b(?!${stackFollows})`, "g"), `npm $1 --stack ${stack}`);
  const name = shortName(stack);
  return name === "dev" ? named : named.replaceAll(/(?<![\w-])ca\.pem\b/g, `ca-${name}.pem`);
}
