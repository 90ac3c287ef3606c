import { randomUUID } from "node:crypto";
import type { Api } from "../../../host/kubernetes";
import { meshNamespace } from "../../../model/names";
import { configSet, run } from "../../../model/output/remedy";
import { isPlaceholder } from "../../../model/trial/certificates/certificates";
import { gatewayProblems } from "../../../model/trial/manifests/environmentGateway";
import { revisionProblems } from "../../../model/trial/manifests/rules";
import type { Source } from "../../../model/trial/manifests/source";
import { marker } from "../../../model/trial/marker";
import type { Plan } from "../../../model/trial/plan";
import { coverageOf } from "../../../model/trial/report/coverage";
import type { Report } from "../../../model/trial/report/result";
import { acceptingIssuers, issuersAtGateway } from "../../../model/trial/requests/gatewayTokens";
import { externalServices } from "../../../model/trial/standIns/external";
import { ownContainers, workloadNames } from "../../../model/trial/standIns/workloadNames";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { commandsFor } from "../../stack/project";
import type { RunningEnvironment } from "../../stack/runningEnvironment";
import { clusterAddresses } from "./addresses";
import { admissionProblems, injectorNames, nameConflicts } from "./admission";
import { analyzeManifests } from "./analyze";
import { allPods, waitForPods, withoutSidecar } from "./cluster";
import { forgetSecrets, waitForWarmProxies } from "./credentials";
import { waitForDrainedProxies } from "./drain";
import { explainResults } from "./explain";
import type { Interruption } from "./interruption";
import { measureCases } from "./measure";
import { environmentNotes, unsupportedCases } from "./notes";
import { changesOf, overrideObjects, replacesEnvironment, restoreObjects } from "./overrides";
import { prepareRun, refuseProblems } from "./prepare";
import { applyTrial, openTrial } from "./pulumi";
import { removeTrial, waitForNamespaces } from "./remove";
import { writeProgram } from "./state";
import { waitForSync } from "./sync";
import { issuerOf, tokensFor } from "./tokens";

export type Say = (line: string) => void;

/** RequestAuthentication of the environment's ingress gateway. */
const gatewayTokens = `/apis/security.istio.io/v1/namespaces/${meshNamespace}/requestauthentications/tokens`;

/** Refuses what the cluster would refuse, before anything is applied. */
async function admit(api: Api, plan: Plan): Promise<void> {
  const created = plan.applied.filter((object) => !replacesEnvironment(object));
  const names = plan.objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name);
  await waitForNamespaces(api);
  const problems = await Promise.all([
    admissionProblems(
      api,
      plan.applied.filter((object) => !isPlaceholder(object)),
    ),
    nameConflicts(api, created, names),
    injectorNames(api).then((known) => revisionProblems(plan.applied, known)),
  ]);
  refuseProblems(problems.flat());
}

export interface RunOptions {
  /** Ends a wait early when the user ends the run. */
  readonly during?: Interruption["during"];
  /** True for the files of an earlier revision. */
  readonly earlier?: boolean;
}

/** Applies one set of files, sends the requests of its cases and answers what came of them; leaves everything in place. */
export async function runOnce(
  environment: RunningEnvironment,
  stackName: string,
  sources: readonly Source[],
  paths: readonly string[],
  say: Say,
  { during = <T>(work: Promise<T>) => work, earlier = false }: RunOptions = {},
): Promise<Report> {
  const begun = Date.now();
  const { api, settings } = environment;
  const { plan, tests, key, jwks } = await prepareRun(stackName, sources, paths, {
    earlier,
    pullSecret: settings.pullSecret,
    dataplane: settings.dataplane,
  });
  const commands = commandsFor(stackName);
  const changeRouting = (routing: string) => `${commands(configSet("routing", routing))} && ${commands(run("up"))}`;
  refuseProblems([
    ...unsupportedCases(environment, tests, commands),
    ...gatewayProblems(plan.applied, settings.routing, changeRouting),
  ]);
  const hints = analyzeManifests(plan.applied);
  const runId = `t-${randomUUID().slice(0, 8)}`;
  const trial = openTrial(stackName, say);
  // awaited after the checks, which say first what is wrong
  trial.catch(() => {});
  await admit(api, plan);
  await during(forgetSecrets(api, plan, { say, remove: () => removeTrial(environment, stackName, say) }));
  await restoreObjects(api, stackName);
  await writeProgram(stackName, {
    kubeContext: settings.cluster === "existing" ? settings.kubeContext : undefined,
    clusterIdentifier: settings.cluster === "existing" ? settings.kubeContext : settings.clusterName,
    objects: [
      ...plan.objects.filter(
        (object) =>
          !plan.applied.some(
            (applied) =>
              replacesEnvironment(applied) &&
              applied.metadata.name === object.metadata.name &&
              applied.kind === object.kind &&
              applied.$.namespace === object.metadata.namespace,
          ),
      ),
      marker(stackName),
    ],
    certificates: plan.certificates,
  });
  const issuers = settings.tokens ? issuersAtGateway(tests, plan.applied, issuerOf(plan.applied)) : [];
  await overrideObjects(api, stackName, [
    ...changesOf(plan.applied),
    ...(issuers.length > 0 ? [{ path: gatewayTokens, spec: acceptingIssuers(issuers, jwks) }] : []),
  ]);
  await applyTrial(await trial);
  await during(waitForPods(api, stackName, workloadNames(plan), ownContainers(plan)));
  await during(waitForSync(api, stackName, runId));
  const pods = await allPods(api);
  await during(waitForWarmProxies(api, plan, pods));
  await during(waitForDrainedProxies(api, pods));
  const bare = withoutSidecar(plan, pods);
  if (bare.length > 0)
    throw new OperationFailed(`pods that should have a sidecar have none: ${bare.join(", ")}`, exitCodes.inconclusive);
  const tokenSpecs = tests.cases.flatMap(({ request }) => request.token ?? []);
  const addresses = await clusterAddresses(api, pods, await tokensFor(tokenSpecs, key, plan.applied), [
    ...externalServices(tests, plan.services),
  ]);
  const session = { api, plan, pods, addresses, meshMode: settings.mtlsMode, domain: settings.domain, run: runId };
  const sending = Date.now();
  const measured = await during(measureCases(session, tests.cases, () => {}));
  const { results, log, missingLogs, allowing } = await during(explainResults(session, measured, sending));
  return {
    folder: paths.join(" "),
    stack: stackName,
    results,
    coverage: coverageOf(plan.applied, log, allowing, missingLogs.length === 0),
    missingLogs,
    substitutions: plan.substitutions,
    leftOut: plan.leftOut,
    notes: environmentNotes(environment, plan),
    hints: await hints,
    seconds: (Date.now() - begun) / 1000,
  };
}
