import { parseArgs } from "node:util";
import { issueToken } from "./issueToken";
import { exitCodes, OperationFailed } from "./operation";
import { running } from "./running";
import { openStack } from "./stack";

/** @throws OperationFailed with what is allowed */
function tokenOptions(args: string[]): { group?: string; minutes: number } {
  const text = { type: "string" } as const;
  try {
    const { values } = parseArgs({ args, options: { stack: text, group: text, minutes: text } });
    const { group, minutes = "60" } = values;
    if (!/^[1-9]\d{0,4}$/.test(minutes)) throw new Error(`--minutes = "${minutes}" must be an integer from 1 to 99999`);
    return { minutes: Number(minutes), ...(group !== undefined && { group }) };
  } catch (error) {
    throw new OperationFailed((error as Error).message, exitCodes.config);
  }
}

/**
 * Says a test token and nothing else: `npm run --silent token -- [--group admins] [--minutes 60]`.
 *
 * @throws OperationFailed where the environment asks for none
 */
export async function token(stackName: string, args: string[], say: (line: string) => void): Promise<void> {
  const options = tokenOptions(args);
  const { settings, tokenKey } = await running(await openStack(stackName), exitCodes.environment);
  if (!tokenKey)
    throw new OperationFailed(
      "the ingress gateway asks for no token; fix: npm run pulumi -- config set tokens true, then npm start",
      exitCodes.config,
    );
  say(await issueToken(tokenKey, { domain: settings.domain, ...options }));
}
