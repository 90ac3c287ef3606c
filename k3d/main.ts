/**
 * Entry of the stack's commands: `node machine/script.cjs k3d/main create|delete|generation|kubeconfig`, input in the
 * variable CLUSTER.
 *
 * What is secret comes to `create` by standard input, since others can read a process's environment.
 */
import { text } from "node:stream/consumers";
import { kubeconfig } from "./api";
import { ensure, ensureAbsent, generation, registryAddress, type Wanted } from "./lifecycle";

const wanted = JSON.parse(process.env["CLUSTER"] ?? "{}") as Wanted;

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
      (error: Error) => JSON.stringify({ refused: error.message }),
    ),
  kubeconfig: () => kubeconfig(wanted.settings.clusterName),
};

const action = actions[process.argv[2] ?? ""];
if (!action) throw new Error(`unknown action: ${process.argv[2]}`);
// a process that ends before the action has resolved must not look like a success to Pulumi
process.exitCode = 1;
action().then(
  (answer) => {
    process.stdout.write(answer);
    process.exitCode = 0;
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
  },
);
