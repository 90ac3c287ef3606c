import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Api } from "../../../host/kubernetes";
import { meshNamespace } from "../../../model/names";
import { none } from "../../../model/settings/forms";
import { isPlaceholder } from "../../../model/trial/certificates";
import { coverage } from "../../../model/trial/coverage";
import { externalServices } from "../../../model/trial/external";
import { isApiGateway } from "../../../model/trial/gateways";
import { acceptingIssuers, issuersAtGateway } from "../../../model/trial/gatewayTokens";
import { readInput } from "../../../model/trial/input";
import { makePlan, type Plan } from "../../../model/trial/plan";
import type { Report } from "../../../model/trial/result";
import { sizeProblems } from "../../../model/trial/rules";
import { type Problem, problemLines, type Source } from "../../../model/trial/source";
import versions from "../../../versions.json";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { commandsFor } from "../../stack/project";
import type { Running } from "../../stack/running";
import { clusterAddresses } from "./addresses";
import { conflicts, refusals } from "./admission";
import { analyzed } from "./analyze";
import { allPods, waitForPods, waitForSync, withoutSidecar } from "./cluster";
import { explain } from "./explain";
import type { Interruption } from "./interruption";
import { measure } from "./measure";
import { environmentNotes, unsupported } from "./notes";
import { changesOf, override, replacesEnvironment, restore } from "./overrides";
import { applyTrial, openTrial } from "./pulumi";
import { waitForNamespaces } from "./remove";
import { writeProgram } from "./state";
import { issuerOf, tokenKey, tokensFor } from "./tokens";

export type Say = (line: string) => void;

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

/** RequestAuthentication of the environment's ingress gateway. */
const gatewayTokens = `/apis/security.istio.io/v1/namespaces/${meshNamespace}/requestauthentications/tokens`;

/**
 * Returns everything that a run needs, or throws all problems at once.
 *
 * @param how.earlier - true for the files of an earlier revision, which may lack what cases name
 * @param how.pullSecret - the environment's credentials for images
 */
export async function prepare(
  stack: string,
  sources: readonly Source[],
  given: readonly string[],
  how: { readonly earlier?: boolean; readonly pullSecret?: string } = {},
) {
  const { earlier = false, pullSecret = none } = how;
  const { manifests, tests: all, problems } = readInput(sources);
  const { key, jwks } = await tokenKey(stack);
  const args = {
    stack,
    image: versions.appBase,
    programs: await programs(),
    jwks,
    ...(pullSecret !== none && { pullSecret }),
  };
  // a case may name what an earlier revision does not have
  const lacking = earlier ? makePlan(manifests, all, args).problems : [];
  const cases = all.cases.filter(({ file, line }) => !lacking.some((one) => one.file === file && one.line === line));
  const tests = { ...all, cases };
  const { plan, problems: more } = makePlan(manifests, tests, args);
  refuse([...problems, ...more, ...sizeProblems(given[0] ?? "-", manifests.objects, tests, podCount(plan))]);
  return { plan, tests, key, jwks };
}

/** Pods that a plan starts. */
const podCount = ({ objects }: Plan): number =>
  objects
    .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
    .reduce((sum, { spec }) => sum + Number(spec?.replicas ?? 1), 0);

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
  const found = await Promise.all([
    refusals(
      api,
      plan.applied.filter((object) => !isPlaceholder(object)),
    ),
    conflicts(api, own, names),
  ]);
  refuse(found.flat());
}

export interface RunOptions {
  /** Ends a wait early when the user ends the run. */
  readonly during?: Interruption["during"];
  /** True for the files of an earlier revision. */
  readonly earlier?: boolean;
}

/** Applies one set of files, sends the requests of its cases and answers what came of them; leaves everything in place. */
export async function runOnce(
  environment: Running,
  stackName: string,
  sources: readonly Source[],
  given: readonly string[],
  say: Say,
  { during = <T>(work: Promise<T>) => work, earlier = false }: RunOptions = {},
): Promise<Report> {
  const begun = Date.now();
  const { api, settings } = environment;
  const { plan, tests, key, jwks } = await prepare(stackName, sources, given, {
    earlier,
    pullSecret: settings.pullSecret,
  });
  refuse(unsupported(environment, tests, commandsFor(stackName)));
  const hints = analyzed(plan.applied);
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
  const issuers = settings.tokens ? issuersAtGateway(tests, plan.applied, issuerOf(plan.applied)) : [];
  await override(api, stackName, [
    ...changesOf(plan.applied),
    ...(issuers.length > 0 ? [{ path: gatewayTokens, spec: acceptingIssuers(issuers, jwks) }] : []),
  ]);
  await applyTrial(await trial);
  await during(waitForPods(api, stackName, workloadNames(plan)));
  await during(waitForSync(api));
  const pods = await allPods(api);
  const bare = withoutSidecar(plan, pods);
  if (bare.length > 0)
    throw new OperationFailed(`pods that should have a sidecar have none: ${bare.join(", ")}`, exitCodes.inconclusive);
  const asked = tests.cases.flatMap(({ request }) => request.token ?? []);
  const addresses = await clusterAddresses(api, pods, await tokensFor(asked, key, plan.applied), [
    ...externalServices(tests, plan.services),
  ]);
  const session = { api, plan, pods, addresses, run: `t-${randomUUID().slice(0, 8)}` };
  const sending = Date.now();
  const measured = await during(measure(session, tests.cases, () => {}));
  const { results, log, allowing } = await during(explain(session, measured, sending));
  return {
    folder: given.join(" "),
    stack: stackName,
    results,
    coverage: coverage(plan.applied, log, allowing),
    substitutions: plan.substitutions,
    leftOut: plan.leftOut,
    notes: environmentNotes(environment, plan),
    hints: await hints,
    seconds: (Date.now() - begun) / 1000,
  };
}
