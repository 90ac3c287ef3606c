/**
 * Entry of the stack's commands: `node launcher/run.cjs k3d/main ACTION`, with the input in the variable CLUSTER.
 *
 * Secrets come to `create` by standard input, since other processes can read an environment.
 */
import { writeSync } from "node:fs";
import { text } from "node:stream/consumers";
import { stateLocation } from "../host/stateLocation";
import { dockerFailure } from "../model/cluster/dockerFailure";
import { keepVariable, legacyGenerationVariable, type Owner } from "../model/cluster/ownership";
import { commandsOf } from "../model/cluster/refusals";
import { failureText } from "../model/output/remedy";
import { kubeconfig } from "./api";
import type { DesiredCluster } from "./clusterStatus";
import { chooseGeneration, ensureCluster, ensureClusterAbsent, registryAddress } from "./lifecycle";
import { removeClustersOf } from "./remove";

/** Input of the commands. In the state of an earlier version of this project, the owner is a text and has no id. */
interface Input extends Omit<DesiredCluster, "owner"> {
  readonly owner: Omit<Owner, "state"> | string;
}

function desiredFrom({ owner, ...input }: Input): DesiredCluster {
  const state = stateLocation();
  const located = typeof owner === "string" ? { stack: owner, state } : { ...owner, state };
  const legacyGeneration = process.env[legacyGenerationVariable];
  return { ...input, owner: located, legacyGeneration, isRolloutRunning: process.env[keepVariable] !== undefined };
}

const input = JSON.parse(process.env["CLUSTER"] ?? "{}") as Input;
const desired = desiredFrom(input);

function explainedText({ message }: Error): string {
  const failure = dockerFailure(message);
  return failure ? failureText(failure, commandsOf(desired.owner)) : message;
}

const actions: Readonly<Record<string, () => Promise<string>>> = {
  create: async () => {
    const logins = await text(process.stdin);
    await ensureCluster(logins ? { ...desired, logins: JSON.parse(logins) } : desired);
    return JSON.stringify({ registry: await registryAddress(desired) });
  },
  delete: async () => {
    // inputs without an id come from the state, which has that very generation
    await ensureClusterAbsent(desired.owner.id ? desired : { ...desired, legacyGeneration: desired.generation });
    return "";
  },
  "delete-all": async () => {
    await removeClustersOf({ ...desired.owner, id: process.env["PULUMI_COMMAND_STDOUT"] ?? "" });
    return "";
  },
  generation: () =>
    chooseGeneration(desired).then(JSON.stringify, (error: Error) => JSON.stringify({ refused: explainedText(error) })),
  kubeconfig: () => kubeconfig(desired.settings.clusterName),
};

const name = process.argv[2] ?? "";
const action = actions[name];
if (!action) throw new Error(`unknown action: ${name}`);

/** Reports an action that did not complete. Writes synchronously, because the process ends. */
function reportIncomplete(problem: string): void {
  const again = commandsOf(desired.owner)({ command: "up" });
  writeSync(2, `k3d/main ${name} ${problem}; look: docker ps -a, then run ${again} again\n`);
}

// Node ends with 0 and without a message when nothing is left that could settle a promise
process.exitCode = 1;
let settled = false;
process.on("exit", () => {
  if (!settled) reportIncomplete("ended before it was done");
});
/** Seconds after which an action fails; Pulumi waits for ten minutes. */
const limit = 570;
const late = setTimeout(() => {
  settled = true;
  reportIncomplete(`was not done after ${limit} s`);
  process.exit(1);
}, limit * 1000);
late.unref();

action().then(
  (answer) => {
    settled = true;
    process.stdout.write(answer, () => {
      process.exitCode = 0;
    });
  },
  (error: Error) => {
    settled = true;
    process.stderr.write(`${explainedText(error)}\n`);
  },
);
