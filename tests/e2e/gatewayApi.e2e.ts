import assert from "node:assert/strict";
import { verify } from "../../automation";
import { removeTrial } from "../../automation/commands/try/remove";
import { runOnce } from "../../automation/commands/try/run";
import { readSources } from "../../automation/commands/try/sources";
import { withTrialLock } from "../../automation/commands/try/state";
import { readExercises } from "../../automation/commands/verify/exercises";
import { exitCodes } from "../../automation/stack/operation";
import { runningEnvironment } from "../../automation/stack/runningEnvironment";
import { missingKey } from "../../model/verification/lesson/chapters";
import { Environment } from "../support/environment";
import { assertExercise } from "../support/exerciseRun";
import { Load } from "../support/load";
import { machineVersion } from "../support/machine";
import { missingCrds } from "../support/missingCrds";
import { isNightly } from "../support/nightly";
import { pausesAndEnds, publishedApp, rollsOut } from "../support/rollouts";

const name = "e2e-gateway-api";
const perSecond = 100;
/** Connections of {@link Load}. */
const connections = 20;

describe("an environment with routes of the Gateway API", function () {
  this.timeout(600_000);
  let environment: Environment | undefined;
  const opened = (): Environment => environment ?? assert.fail("there is no environment");

  before(async function () {
    const missing = await missingCrds(await machineVersion("istioVersion"));
    if (missing !== undefined) {
      console.log(`skipped, since the CRDs of the Gateway API are missing: ${missing}`);
      this.skip();
    }
    environment = await Environment.open(name, { routing: "gateway-api", agents: "0" });
    Object.assign(process.env, environment.stack.workspace.envVars);
    await environment.up();
  });
  after(() => environment?.destroy());

  async function verified(): Promise<void> {
    const findings = (await verify(name)).filter(({ outcome }) => outcome !== "passed");
    assert.deepEqual(
      findings.map(({ title, evidence }) => `${title}: ${evidence}`),
      [],
    );
  }

  it("passes verify, and the next up changes nothing", async () => {
    await verified();
    assert.deepEqual(await opened().up(), []);
  });

  it("shows the conditions of the routes to kubectl", async () => {
    const all = await opened().kubectl("get", "gateways.gateway.networking.k8s.io,httproutes", "-A");
    assert.match(all, /ingressgateway +istio +\S+ +True/);
    const route = await opened().kubectl("describe", "httproute", "helloworld", "-n", "helloworld");
    assert.equal(route.match(/Reason: +ResolvedRefs/g)?.length, 2, route);
  });

  it("runs chapter 11 of the lesson, with the output that the lesson shows", async () => {
    const live = await runningEnvironment(opened().stack, exitCodes.environment);
    const chapter = readExercises().filter((exercise) => missingKey(exercise, { routing: "istio" }) !== undefined);
    assert.equal(chapter.length, 3);
    for (const exercise of chapter) {
      const sources = await readSources([exercise.folder]);
      const run = () => runOnce(live, name, sources, [exercise.folder], () => {});
      await assertExercise(exercise, await withTrialLock(name, () => {}, run));
    }
    // its last mesh test is kept, and the changes of the routes leave it alone
  });

  if (isNightly)
    it("installs the CRDs and the routes again that somebody deleted", async () => {
      await opened().kubectl("delete", "crd", "httproutes.gateway.networking.k8s.io");
      await opened().stack.up({ refresh: true, color: "never" });
      await verified();
    });

  it("changes to the routes of Istio and back, with at most two requests lost on each open connection", async () => {
    for (const routing of ["istio", "gateway-api"]) {
      const load = new Load(await publishedApp(opened()), perSecond, 100_000);
      await load.reaches(2 * perSecond);
      await opened().set("routing", routing);
      await opened().up();
      await load.reaches(load.got.requests + 5 * perSecond);
      const { failures } = await load.end();
      const lost = failures.get("none 404") ?? 0;
      assert.deepEqual(
        [...failures.keys()].filter((failure) => failure !== "none 404"),
        [],
      );
      assert.ok(lost <= 2 * connections, `${lost} requests were lost`);
    }
  });

  it("removes a mesh test that was kept during these changes", async () => {
    await removeTrial(await runningEnvironment(opened().stack, exitCodes.environment), name, () => {});
    const left = await opened().kubectl("get", "namespaces", "-l", "istio-on-k3d.trial/stack", "-o", "name");
    assert.equal(left, "");
    await verified();
  });

  it("rolls back a version 2 that answers 404, by the counters of the gateway", () =>
    rollsOut(opened(), "answers 404", "gateway", "rolled back"));

  if (isNightly) {
    it("rolls back a version 2 that fails in 20 %, by probes", () =>
      rollsOut(opened(), "fails in 20 %", "probes", "rolled back"));
    for (const source of ["probes", "gateway"] as const)
      it(`promotes a healthy version 2 by ${source}`, () => rollsOut(opened(), "is healthy", source, "promoted"));
    it("aborts and resumes a rollout that paused", () => pausesAndEnds(opened()));
  }

  it("passes verify with tokens and STRICT", async () => {
    await opened().set("tokens", "true");
    await opened().set("mtlsMode", "STRICT");
    // with the version 2 of the program again
    await opened().stack.up({ refresh: true, color: "never" });
    await verified();
  });
});
