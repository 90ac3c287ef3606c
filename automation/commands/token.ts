import { configSet, remedy, run } from "../../model/output/remedy";
import { issueToken } from "../stack/issueToken";
import { exitCodes, OperationFailed } from "../stack/operation";
import { runningEnvironment } from "../stack/runningEnvironment";
import { openStack } from "../stack/stack";

/** Claims of a test token. */
interface TokenOptions {
  readonly group: string | undefined;
  /** Minutes for which it is valid. */
  readonly minutes: number;
}

/**
 * Prints a test token and nothing else: `npm run --silent token -- [--group admins] [--minutes 60]`.
 *
 * @throws OperationFailed if the environment requires no token
 */
export async function token(stackName: string, options: TokenOptions, say: (line: string) => void): Promise<void> {
  const { group, minutes } = options;
  const { settings, tokenKey } = await runningEnvironment(await openStack(stackName), exitCodes.environment);
  if (!tokenKey)
    throw new OperationFailed(
      remedy`the ingress gateway asks for no token; fix: ${configSet("tokens", true)}, then ${run("up")}`,
      exitCodes.config,
    );
  say(await issueToken(tokenKey, { domain: settings.domain, minutes, ...(group !== undefined && { group }) }));
}
