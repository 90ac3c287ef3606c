import { exitCodes } from "../../../host/failure";
import type { UpgradeEnd } from "../../../model/upgrade/journal";
import { type StepName, upgradeSteps } from "../../../model/upgrade/plan";
import { command } from "../command";
import { flag, integer, parsedText, text } from "../option";
import { requireDone, stepCommand, type WorkEnds } from "../stepCommand";

const ends: WorkEnds<UpgradeEnd> = {
  exits: {
    upgraded: exitCodes.done,
    "taken back": exitCodes.failed,
    paused: exitCodes.inconclusive,
    interrupted: exitCodes.cancelled,
    "not taken back": exitCodes.notRolledBack,
  },
  aborted: ["taken back"],
};
const names = upgradeSteps.map(({ name }) => name);

/** @throws Error naming the value and what is allowed */
function parseStep(text: string): StepName {
  const name = names.find((candidate) => candidate === text);
  if (!name) throw new Error(`--pause-before = "${text}" must be one of ${names.join(", ")}`);
  return name;
}

export const upgrade = command({
  ...stepCommand,
  name: "upgrade",
  summary: "upgrades Istio step by step, and measures each step",
  details:
    "`start` is the default. `resume` goes on with an upgrade that paused, `abort` takes it back to the old control plane, and `status` shows where it stands. [Upgrade Istio](upgrade.md) explains the steps. It writes `report/upgrade.html`, `upgrade.svg`, `upgrade.json` and `upgrade.xml` (JUnit). Exit codes: 0 upgraded, 1 taken back, 3 paused, 5 not taken back, 130 interrupted.",
  options: {
    to: text("VERSION", "the exact version of Istio to upgrade to; npm run versions lists them"),
    plan: flag("shows the steps, and changes nothing"),
    rate: integer("N", [4, 999], 200, "requests a second", "requests a second through the ingress gateway"),
    "pause-before": parsedText("STEP", parseStep, `pauses before a step: ${names.join(", ")}`),
  },
  unused: {
    resume: ["to", "plan"],
    abort: ["to", "plan", "pause-before"],
    status: ["to", "plan", "rate", "pause-before"],
    "--plan": ["rate", "pause-before"],
  },
  examples: [
    ["--to 1.31.4 --plan", "shows the steps"],
    ["--to 1.31.4 --pause-before finish", "leaves the old control plane beside the new one"],
    ["abort", "goes back to the old control plane"],
  ],
  run: async ({ stack, word, options, say }) => {
    const { to, plan, rate, "pause-before": pauseBefore } = options;
    const commands = await import("../../commands/upgrade/upgrade");
    if (word === "status") return say(await commands.upgradeStatus(stack));
    if (plan) return say(await commands.upgradePlan(stack, to, say));
    const { end } = await commands.upgrade(stack, { action: word, to, rate, pauseBefore }, say);
    requireDone("upgrade", ends, word, end);
  },
});
