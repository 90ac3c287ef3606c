import { writeFile } from "node:fs/promises";
import { caFile } from "../../model/names";
import { partLines, type TimedStep } from "../../model/output/parts";
import { run } from "../../model/output/remedy";
import { summary } from "../../model/output/summary";
import type { OutputName } from "../../model/settings/contract";
import type { AppUrl } from "../../model/traffic/urls";
import { upWithoutGoneReleases } from "../stack/goneReleases";
import { exitCodes, runOperation } from "../stack/operation";
import { commandsFor } from "../stack/project";
import { refuseDuringSteps } from "../stack/routeLock";
import { publishedTarget, runningEnvironment } from "../stack/runningEnvironment";
import { refuseWrongConfig } from "../stack/stackConfig";
import { waitForApp } from "../stack/waitForApp";
import { openForUp } from "./recover";
import { trustsFormerCa } from "./trust";

/**
 * Brings the environment up, writes the CA's certificate to its file and says what to try.
 *
 * @throws OperationFailed while a rollout of the stack is under way: it would measure what the up changes
 */
export async function up(stackName: string, say = (_line: string): void => {}): Promise<void> {
  await refuseWrongConfig(stackName);
  await refuseDuringSteps(stackName);
  const { stack, settings } = await openForUp(stackName, say);
  const steps: TimedStep[] = [];
  const { outputs } = await upWithoutGoneReleases((refresh) =>
    runOperation(
      stack,
      say,
      (options) => stack.up(refresh ? { ...options, refresh } : options),
      (step) => steps.push(step),
    ),
  );
  const output = (name: OutputName): unknown => outputs[name]?.value;
  const ca = String(output("caPem"));
  await writeFile(caFile(stackName), ca);
  const commands = commandsFor(stackName);
  if (await trustsFormerCa(stackName, ca))
    say(`warning: the CA has changed, and your browsers trust the former one; fix: ${commands(run("trust"))}`);
  const silent = await waitForApp(
    publishedTarget(await runningEnvironment(stack, exitCodes.environment, { settings, outputs })),
  );
  for (const line of partLines(steps)) say(line);
  say(
    summary(
      {
        ingressIp: String(output("ingressIp")),
        urls: output("urls") as AppUrl[],
        curl: String(output("curl")),
        canaryWeight: Number(output("canaryWeight")),
        mtlsMode: String(output("mtlsMode")),
        dataplane: settings?.dataplane ?? "sidecar",
        isInMesh: settings?.dataplane === "ambient" || settings?.sidecarInjection !== "off",
        silent,
      },
      commands,
    ),
  );
}
