/** Entry of the driver; npm start, npm run destroy and the others lead here. */
// first, for what it begins
import "./stack/pulumiCommand";
import type { Given } from "../machine/arguments.mjs";
import { forStack } from "../machine/wording.mjs";
import type { End } from "../model/canary/plan";
import { cliErrors } from "../model/output/progress";
import { bundle } from "./commands/bundle";
import { destroy } from "./commands/destroy";
import { recover } from "./commands/recover";
import { refuseUnused, rolloutOptions } from "./commands/rollout/options";
import { rollout, rolloutStatus } from "./commands/rollout/rollout";
import { token } from "./commands/token";
import { trust } from "./commands/trust";
import { lesson } from "./commands/try/lesson";
import { refuseResults, removeTries, tryFiles } from "./commands/try/try";
import { up } from "./commands/up";
import { refuseFindings, verify } from "./commands/verify/verify";
import { refuseUnknown } from "./stack/knownStacks";
import { exitCodes, OperationFailed } from "./stack/operation";

type Action = (given: Given, say: (line: string) => void) => Promise<void>;

const actions: Readonly<Record<string, Action>> = {
  up: ({ stack }, say) => up(stack, say),
  destroy: ({ stack, on }, say) => destroy(stack, say, on.has("images")),
  rollout: rolloutCommand,
  verify: async ({ stack, on }, say) =>
    on.has("lesson") ? lesson(stack, say) : refuseFindings(await verify(stack, say)),
  try: tryCommand,
  token: ({ stack, text }, say) => token(stack, text, say),
  trust: ({ stack, on }, say) => trust(stack, on.has("undo"), say),
  bundle: ({ stack, text }, say) => bundle(stack, text["save"], say),
  recover: ({ stack }, say) => recover(stack, say),
};

const exits: Readonly<Record<End, number>> = {
  promoted: exitCodes.done,
  "rolled back": exitCodes.failed,
  paused: exitCodes.inconclusive,
  cancelled: exitCodes.cancelled,
  "not rolled back": exitCodes.notRolledBack,
};

async function rolloutCommand({ stack, word, text }: Given, say: (line: string) => void): Promise<void> {
  if (word === "status") {
    refuseUnused(word, text);
    await refuseUnknown(stack);
    say(await rolloutStatus(stack));
    return;
  }
  const options = rolloutOptions({ word, text });
  const { end } = await rollout(stack, options, say);
  if (end === "promoted" || (options.action === "abort" && end === "rolled back")) return;
  const told = end === "not rolled back" ? "NOT rolled back; fix: npm run rollout -- abort, which tries it again" : end;
  throw new OperationFailed(`the rollout was ${told}`, exits[end]);
}

async function tryCommand({ stack, files, on, text }: Given, say: (line: string) => void): Promise<void> {
  if (on.has("remove")) return removeTries(stack, say);
  const report = await tryFiles(stack, { files, keep: on.has("keep"), against: text["against"] }, say);
  refuseResults(report.results);
}

/** Carries out a command and answers its exit status; what a user has to know of a failure is on standard error. */
export async function drive(name: string, given: Given): Promise<number> {
  // a closed terminal or pipe: the command goes on, or ends as it does when it is interrupted
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const action = actions[name];
  if (!action) throw new Error(`unknown action ${name}; known: ${Object.keys(actions).join(", ")}`);
  try {
    await action(given, (line) => process.stdout.write(`${forStack(line, given.stack)}\n`));
    return exitCodes.done;
  } catch (error) {
    const { message } = error as Error;
    const told = error instanceof OperationFailed ? [] : cliErrors(message);
    process.stderr.write(`${forStack(told.join("\n") || message, given.stack)}\n`);
    return error instanceof OperationFailed ? error.exitCode : exitCodes.failed;
  }
}
