/**
 * Entry of the stack's commands: `node launcher/run.cjs k3d/main create|delete|generation|kubeconfig`, input in the
 * variable CLUSTER.
 *
 * What is secret comes to `create` by standard input, since others can read a process's environment.
 */
import { writeSync } from "node:fs";
import { text } from "node:stream/consumers";
import { dockerFailure } from "../model/cluster/dockerFailure";
import { kubeconfig } from "./api";
import { ensure, ensureAbsent, generation, registryAddress, type Wanted } from "./lifecycle";

const wanted = JSON.parse(process.env["CLUSTER"] ?? "{}") as Wanted;

const explained = ({ message }: Error): string => dockerFailure(message) ?? message;

const actions: Readonly<Record<string, () => Promise<string>>> = {
  create: async () => {
    const logins = await text(process.stdin);
    await ensure(logins ? { ...wanted, logins: JSON.parse(logins) } : wanted);
    return JSON.stringify({ registry: await registryAddress(wanted) });
  },
  delete: async () => {
    await ensureAbsent(wanted);
    return "";
  },
  generation: () =>
    generation(wanted).then(
      (found) => JSON.stringify({ generation: found }),
      (error: Error) => JSON.stringify({ refused: explained(error) }),
    ),
  kubeconfig: () => kubeconfig(wanted.settings.clusterName),
};

const name = process.argv[2] ?? "";
const action = actions[name];
if (!action) throw new Error(`unknown action: ${name}`);

// Node ends with 0 and without a word where nothing is left that could settle a promise
process.exitCode = 1;
let settled = false;
process.on("exit", () => {
  if (!settled)
    writeSync(2, `k3d/main ${name} ended before it was done; look: docker ps -a, then run npm start again\n`);
});
/** Seconds after which an action fails; Pulumi waits for ten minutes. */
const limit = 570;
const late = setTimeout(() => {
  settled = true;
  writeSync(2, `k3d/main ${name} was not done after ${limit} s; look: docker ps -a, then run npm start again\n`);
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
    process.stderr.write(`${explained(error)}\n`);
  },
);
