import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Api } from "../../../host/kubernetes";
import { coverage } from "../../../model/trial/coverage";
import { isApiGateway } from "../../../model/trial/gateways";
import { readInput } from "../../../model/trial/input";
import { makePlan, type Plan } from "../../../model/trial/plan";
import { caseLines, reportText } from "../../../model/trial/report";
import type { CaseResult, Report } from "../../../model/trial/result";
import { sizeProblems } from "../../../model/trial/rules";
import { type Problem, problemLines, type Source } from "../../../model/trial/source";
import versions from "../../../versions.json";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { type Running, running } from "../../stack/running";
import { openStack } from "../../stack/stack";
import { clusterAddresses } from "./addresses";
import { conflicts, refusals } from "./admission";
import { allPods, waitForPods, waitForSync, withoutSidecar } from "./cluster";
import { explain } from "./explain";
import { measure } from "./measure";
import { environmentNotes, unsupported } from "./notes";
import { override, replacesEnvironment, restore } from "./overrides";
import { applyTrial, openTrial } from "./pulumi";
import { removeTrial, waitForNamespaces } from "./remove";
import { writeReport } from "./reportFiles";
import { readSources } from "./sources";
import { alone, writeProgram } from "./state";
import { tokenKey, tokensFor } from "./tokens";

export interface TryOptions {
  readonly files: readonly string[];
  readonly keep: boolean;
  readonly against?: string | undefined;
}

type Say = (line: string) => void;

function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const head = `${problems.length} problem${problems.length === 1 ? "" : "s"} in your files; nothing was applied:`;
  throw new OperationFailed([head, ...problemLines(problems)].join("\n"), exitCodes.config);
}

/** Reads the programs that pods run, by file. */
async function programs(): Promise<Record<string, string>> {
  const names = ["server.mjs", "caller.mjs"];
  const texts = await Promise.all(names.map((name) => readFile(path.join("trial", "pods", name), "utf8")));
  return Object.fromEntries(names.map((name, i) => [name, texts[i] ?? ""]));
}

/** Everything that a run needs and that is right, or all problems at once. */
async function prepare(stack: string, sources: readonly Source[], given: readonly string[]) {
  const { manifests, tests, problems } = readInput(sources);
  const { key, jwks } = await tokenKey(stack);
  const args = { stack, image: versions.appBase, programs: await programs(), jwks };
  const { plan, problems: more } = makePlan(manifests, tests, args);
  refuse([...problems, ...more, ...sizeProblems(given[0] ?? "-", manifests.objects, tests)]);
  return { plan, tests, key };
}

const workloadNames = ({ objects, applied }: Plan): string[] => [
  ...objects
    .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
  ...applied
    .filter((object) => isApiGateway(object) && !object.spec?.addresses)
    .map(({ $, metadata, spec }) => `${$.namespace}/${metadata.name}-${spec?.gatewayClassName ?? "istio"}`),
];

/** Refuses what the cluster would refuse, before anything is applied. */
async function admit(api: Api, plan: Plan): Promise<void> {
  const own = plan.applied.filter((object) => !replacesEnvironment(object));
  const names = plan.objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name);
  await waitForNamespaces(api);
  const found = await Promise.all([refusals(api, plan.applied), conflicts(api, own, names)]);
  refuse(found.flat());
}

/** Applies one set of files, sends the requests of its cases and answers what came of them; leaves everything in place. */
async function runOnce(
  environment: Running,
  stackName: string,
  sources: readonly Source[],
  given: readonly string[],
  say: Say,
): Promise<Report> {
  const begun = Date.now();
  const { api, settings } = environment;
  const { plan, tests, key } = await prepare(stackName, sources, given);
  refuse(unsupported(environment, tests));
  const trial = openTrial(stackName, say);
  // awaited after the checks, which say first what is wrong
  trial.catch(() => {});
  await admit(api, plan);
  await restore(api, stackName);
  await writeProgram(stackName, {
    kubeContext: settings.cluster === "existing" ? settings.kubeContext : undefined,
    clusterIdentifier: settings.cluster === "existing" ? settings.kubeContext : settings.clusterName,
    objects: plan.objects.filter(
      (object) =>
        !plan.applied.some(
          (own) =>
            replacesEnvironment(own) &&
            own.metadata.name === object.metadata.name &&
            own.kind === object.kind &&
            own.$.namespace === object.metadata.namespace,
        ),
    ),
    certificates: plan.certificates,
  });
  await override(api, stackName, plan.applied.filter(replacesEnvironment));
  await applyTrial(await trial);
  await waitForPods(api, stackName, workloadNames(plan));
  await waitForSync(api);
  const pods = await allPods(api);
  const bare = withoutSidecar(plan, pods);
  if (bare.length > 0)
    throw new OperationFailed(`pods that should have a sidecar have none: ${bare.join(", ")}`, exitCodes.inconclusive);
  const asked = tests.cases.flatMap(({ request }) => request.token ?? []);
  const addresses = await clusterAddresses(api, pods, await tokensFor(asked, key, plan.applied));
  const session = { api, plan, pods, addresses, run: `t-${randomUUID().slice(0, 8)}` };
  const sending = Date.now();
  const measured = await measure(session, tests.cases, () => {});
  const { results, log } = await explain(session, measured, sending);
  return {
    folder: given.join(" "),
    stack: stackName,
    results,
    coverage: coverage(plan.applied, log),
    substitutions: plan.substitutions,
    leftOut: plan.leftOut,
    notes: environmentNotes(environment, plan),
    seconds: (Date.now() - begun) / 1000,
  };
}

/** @throws OperationFailed with 1 if a case failed, with 3 if one could not be measured */
export function refuseResults(results: readonly CaseResult[]): void {
  const any = (outcome: CaseResult["outcome"]) => results.some((one) => one.outcome === outcome);
  if (any("fail")) throw new OperationFailed("not every case is as expected", exitCodes.failed);
  if (any("unknown")) throw new OperationFailed("not every case could be measured", exitCodes.inconclusive);
}

/**
 * Applies the user's own mesh configuration to a running environment, sends the requests of its test files, reports what
 * each got and why, and removes everything again.
 *
 * @throws OperationFailed for input that is wrong, and for a machine or cluster that is not ready
 */
export async function tryFiles(stackName: string, { files, keep }: TryOptions, say: Say): Promise<Report> {
  if (files.length === 0)
    throw new OperationFailed(
      "give a folder or file: npm run try -- FOLDER; examples are in examples/mesh",
      exitCodes.config,
    );
  const sources = await readSources(files);
  return alone(stackName, say, async () => {
    // what is wrong in the files is said before anything else is asked for
    await prepare(stackName, sources, files);
    const environment = await running(await openStack(stackName), exitCodes.environment);
    let report: Report;
    try {
      report = await runOnce(environment, stackName, sources, files, say);
      for (const result of report.results) for (const line of caseLines(result)) say(line);
      say(reportText(report));
      await writeReport(report);
    } catch (error) {
      if (!(error instanceof OperationFailed && error.exitCode === exitCodes.config))
        await removeTrial(environment, stackName, say).catch((more: Error) =>
          say(`not everything was removed: ${more.message}`),
        );
      throw error;
    }
    if (keep) say("kept in the cluster; the next run updates it, and npm run try -- --remove removes it");
    else await removeTrial(environment, stackName, say);
    return report;
  });
}

/** Removes what a run with `keep` left. */
export async function removeTries(stackName: string, say: Say): Promise<void> {
  await alone(stackName, say, async () => {
    const environment = await running(await openStack(stackName), exitCodes.environment);
    await removeTrial(environment, stackName, say);
  });
  say("nothing of a run is left");
}
