import { issueToken } from "../stack/issueToken";
import { exitCodes, OperationFailed } from "../stack/operation";
import { running } from "../stack/running";
import { openStack } from "../stack/stack";

/** What the command line says of a token. */
interface Asked {
  readonly group?: string | undefined;
  readonly minutes?: string | undefined;
}

/** @throws OperationFailed with what is allowed */
function tokenOptions({ group, minutes = "60" }: Asked): { group?: string; minutes: number } {
  if (!/^[1-9]\d{0,4}$/.test(minutes))
    throw new OperationFailed(`--minutes = "${minutes}" must be an integer from 1 to 99999`, exitCodes.config);
  return { minutes: Number(minutes), ...(group !== undefined && { group }) };
}

/**
 * Says a test token and nothing else: `npm run --silent token -- [--group admins] [--minutes 60]`.
 *
 * @throws OperationFailed where the environment asks for none
 */
export async function token(stackName: string, asked: Asked, say: (line: string) => void): Promise<void> {
  const options = tokenOptions(asked);
  const { settings, tokenKey } = await running(await openStack(stackName), exitCodes.environment);
  if (!tokenKey)
    throw new OperationFailed(
      "the ingress gateway asks for no token; fix: npm run pulumi -- config set tokens true, then npm start",
      exitCodes.config,
    );
  say(await issueToken(tokenKey, { domain: settings.domain, ...options }));
}
