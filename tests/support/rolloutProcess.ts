/**
 * Process that drives a rollout against a fake gateway: `node launcher/run.cjs tests/support/rolloutProcess FOLDER ACTION`.
 *
 * FOLDER keeps the journal, the weight of the route in `route`, and each change of it as a line of `changes`. ERRORS is
 * the percentage of version 2's answers that are errors. HOLD names a change that never returns.
 */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { RolloutEnvironment } from "../../automation/commands/rollout/environment";
import { openToAbort, rolloutJournals } from "../../automation/commands/rollout/journal";
import { checkOptions, type RolloutOptions } from "../../automation/commands/rollout/options";
import { writeReport } from "../../automation/commands/rollout/output";
import { driveRollout } from "../../automation/commands/rollout/rollout";
import { untilInterrupted } from "../../automation/commands/rollout/signals";
import { forNpm } from "../../model/output/remedy";
import { parseSettings } from "../../model/settings/parse";
import { type Behaviour, FakeGateway } from "./fakeGateway";

const [folder = "", action = "start"] = process.argv.slice(2);
const before = 10;
const routeFile = path.join(folder, "route");

function routed(): number {
  try {
    return Number(readFileSync(routeFile, "utf8"));
  } catch {
    return before;
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const errors = { v1: 0, v2: Number(process.env["ERRORS"] ?? 0) };
  const behaviour: Behaviour = { domain: "istio.test", weight: routed(), errors };
  const server = await FakeGateway.open(behaviour);
  const change = (name: string) => async (weight: number) => {
    appendFileSync(path.join(folder, "changes"), `${name} ${weight}\n`);
    if (process.env["HOLD"] === `${name} ${weight}`) {
      say("held");
      await new Promise(() => {});
    }
    behaviour.weight = weight;
    writeFileSync(routeFile, String(weight));
  };
  const { settings } = parseSettings({ canaryWeight: String(before) });
  if (!settings) throw new Error("the settings are wrong");
  const environment = {
    settings,
    target: { host: "helloworld.istio.test", address: "127.0.0.1", port: server.httpsPort, tls: { ca: server.ca } },
    apply: change("set"),
    patchRoute: change("route"),
    confirm: async () => {},
    versions: async () => "same",
    refuseDifferences: async () => {},
    refusePending: async () => {},
  } as Partial<RolloutEnvironment> as RolloutEnvironment;
  const journal =
    action === "abort" ? await openToAbort("dev", say, folder) : await rolloutJournals.open("dev", folder);
  const options = checkOptions({
    action: action as RolloutOptions["action"],
    ...(action === "start" && { steps: [50] }),
    ...{ rate: 500, warmUp: 0, patience: 300 },
  });
  const pace = { interval: 0.2, progressInterval: 0.1, baseline: 0 };
  try {
    await untilInterrupted(async (interrupted) => {
      const end = await driveRollout(options, { journal, environment, say, interrupted, pace });
      await writeReport(journal.entries, say, forNpm());
      say(end);
    });
  } finally {
    await journal.close();
    server.close();
  }
}

// the launcher does the same
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
main().catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
