import { writeFile } from "node:fs/promises";
import type { OutputName } from "../model/contract";
import { caFile } from "../model/names";
import { summary } from "../model/summary";
import type { Reachable } from "../model/urls";
import { unanswered } from "./answering";
import { refuseWrongConfig } from "./config";
import { exitCodes, operate } from "./operation";
import { openRecovered } from "./recover";
import { published, running } from "./running";

/** Brings the environment up, writes the CA's certificate to its file and says what to try. */
export async function up(stackName: string, say = (_line: string): void => {}): Promise<void> {
  await refuseWrongConfig(stackName);
  const { stack, settings } = await openRecovered(stackName, say);
  const { outputs } = await operate(say, (options) => stack.up({ ...options, color: "never", suppressProgress: true }));
  const output = (name: OutputName): unknown => outputs[name]?.value;
  await writeFile(caFile(stackName), String(output("caPem")));
  const silent = await unanswered(published(await running(stack, exitCodes.environment, { settings, outputs })));
  say(
    summary({
      ingressIp: String(output("ingressIp")),
      urls: output("urls") as Reachable[],
      curl: String(output("curl")),
      canaryWeight: Number(output("canaryWeight")),
      mtlsMode: String(output("mtlsMode")),
      sidecars: settings?.sidecarInjection !== "off",
      silent,
    }),
  );
}
