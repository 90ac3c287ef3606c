/** Entry of the driver, `up|destroy|rollout|verify|recover --stack NAME`; npm start and npm run destroy lead here. */
import { type Given, readArguments } from "../machine/arguments.mjs";
import { forStack } from "../machine/wording.mjs";
import { cliErrors } from "../model/progress";
import type { End } from "../model/rollout";
import { bundle } from "./bundle";
import { destroy } from "./destroy";
import { lesson } from "./lesson/lesson";
import { exitCodes, OperationFailed } from "./operation";
import { openRecovered } from "./recover";
import { rolloutOptions } from "./rollout/options";
import { rollout, rolloutStatus } from "./rollout/rollout";
import { token } from "./token";
import { trust } from "./trust";
import { up } from "./up";
import { refuseFindings, verify } from "./verify/verify";

const [name = "", ...rest] = process.argv.slice(2);
const given = readArguments(name, rest);
const say = (line: string) => process.stdout.write(`${forStack(line, given.stack)}\n`);

const actions: Readonly<Record<string, (stack: string, given: Given) => Promise<void>>> = {
  up: (stack) => up(stack, say),
  destroy: (stack, { on }) => destroy(stack, say, on.has("images")),
  rollout: rolloutCommand,
  verify: async (stack, { on }) => (on.has("lesson") ? lesson(stack, say) : refuseFindings(await verify(stack, say))),
  token: (stack, { text }) => token(stack, text, say),
  trust: (stack, { on }) => trust(stack, on.has("undo"), say),
  bundle: (stack, { text }) => bundle(stack, text["save"], say),
  recover: async (stack) => {
    await openRecovered(stack, say);
    say("nothing is in the way of the next up");
  },
};

const exits: Readonly<Record<End, number>> = {
  promoted: exitCodes.done,
  "rolled back": exitCodes.failed,
  paused: exitCodes.inconclusive,
  cancelled: exitCodes.cancelled,
};

async function rolloutCommand(stack: string, { word, text }: Given): Promise<void> {
  if (word === "status") {
    say(await rolloutStatus(stack));
    return;
  }
  const options = rolloutOptions({ word, text });
  const { end } = await rollout(stack, options, say);
  if (end !== "promoted" && options.action !== "abort") throw new OperationFailed(`the rollout was ${end}`, exits[end]);
}

const action = actions[name];
if (!action) throw new Error(`unknown action ${name}; known: ${Object.keys(actions).join(", ")}`);
action(given.stack, given).catch((error: Error) => {
  const told = error instanceof OperationFailed ? [] : cliErrors(error.message);
  process.stderr.write(`${forStack(told.join("\n") || error.message, given.stack)}\n`);
  process.exitCode = error instanceof OperationFailed ? error.exitCode : exitCodes.failed;
});
