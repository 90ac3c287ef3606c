import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { verify } from "../../automation";
import { removeTrial } from "../../automation/commands/try/remove";
import { runOnce } from "../../automation/commands/try/run";
import { readSources } from "../../automation/commands/try/sources";
import { withTrialLock } from "../../automation/commands/try/state";
import { exitCodes } from "../../automation/stack/operation";
import { runningEnvironment } from "../../automation/stack/runningEnvironment";
import { Environment } from "../support/environment";
import { outputOf, shownOutputs, topics } from "../support/exampleOutputs";
import { Load } from "../support/load";
import { machineConfig, machineReads } from "../support/machine";
import { newestAmbientIstios } from "../support/machineVersions";
import { missingCrds } from "../support/missingCrds";
import { isNightly } from "../support/nightly";
import { pausesAndEnds, publishedApp, rollsOut } from "../support/rollouts";

const name = "e2e-ambient";
const perSecond = 50;
const quiet = (): void => {};
/** Manifest, as JSON, that the waypoints of this machine need: an Envoy without Istio's own filters rejects their configuration. */
const waypointManifest = process.env["E2E_WAYPOINT_MANIFEST"];

/** Newest version that this machine can install in ambient. The reason if there is none. */
async function ambientIstio(): Promise<string | Error> {
  try {
    const all = await newestAmbientIstios(await machineConfig(), machineReads);
    return all.at(-1) ?? new Error("its mirrors lack the charts or the images of istio-cni and ztunnel");
  } catch (error) {
    return error as Error;
  }
}

/** The reason why this machine can run no waypoint. Undefined if it can. */
async function waypointObstacle(istioVersion: string): Promise<string | undefined> {
  const { telemetry } = await machineConfig();
  if (telemetry === "false" && waypointManifest === undefined)
    return "telemetry = false says that its proxy lacks Istio's filters, and E2E_WAYPOINT_MANIFEST names no manifest for that";
  const missing = await missingCrds(istioVersion);
  return missing === undefined ? undefined : `the CRDs of the Gateway API are missing: ${missing}`;
}

describe("an environment in ambient", function () {
  this.timeout(900_000);
  let environment: Environment | undefined;
  let version = "";

  before(async () => {
    const found = await ambientIstio();
    if (found instanceof Error) return console.log(`    nothing was tried in ambient: ${found.message}`);
    version = found;
    console.log(`    with Istio ${version}`);
    environment = await Environment.open(name, { agents: "0", dataplane: "ambient", istioVersion: version });
    Object.assign(process.env, environment.stack.workspace.envVars);
  });
  after(() => environment?.destroy());

  /** A test of the environment. Without one, `before` has said why, and a pending test would fail the suite. */
  const test = (title: string, body: (environment: Environment) => Promise<void>) =>
    it(title, async () => {
      if (environment) await body(environment);
    });

  async function proves(one: Environment, config: Readonly<Record<string, string>>, ids: readonly string[]) {
    for (const [key, value] of Object.entries(config)) await one.set(key, value);
    await one.up();
    const results = await verify(name);
    assert.deepEqual(
      results.filter(({ outcome }) => outcome !== "passed").map(({ title, evidence }) => `${title}: ${evidence}`),
      [],
    );
    for (const id of ids)
      assert.ok(
        results.some((result) => result.id === id),
        `${id} was not checked`,
      );
  }

  test("proves itself, with ztunnel as the one that encrypts", (one) =>
    proves(one, {}, ["ambient-nodes", "mtls-hbone"]));

  test("proves itself with STRICT and tokens", (one) =>
    proves(one, { mtlsMode: "STRICT", tokens: "true" }, ["mtls-hbone", "token-valid"]));

  test("goes on after a restart of ztunnel", async (one) => {
    await one.kubectl("rollout", "restart", "-n", "istio-system", "daemonset/ztunnel");
    await one.kubectl("rollout", "status", "-n", "istio-system", "daemonset/ztunnel", "--timeout=120s");
    await proves(one, {}, ["mtls-hbone"]);
  });

  test("goes back to PERMISSIVE without tokens", (one) =>
    proves(one, { mtlsMode: "PERMISSIVE", tokens: "false" }, ["mtls-hbone"]));

  if (isNightly) {
    for (const topic of topics)
      test(`passes examples/mesh/${topic}, with the output that the documentation shows`, async (one) => {
        const live = await runningEnvironment(one.stack, exitCodes.environment);
        const folder = `examples/mesh/${topic}`;
        const sources = await readSources([folder]);
        const report = await withTrialLock(name, quiet, () => runOnce(live, name, sources, [folder], quiet));
        const isOfAmbient = (note: string) => note.includes("dataplane = ambient");
        assert.equal(report.notes.filter(isOfAmbient).length, 1);
        const notes = report.notes.filter((note) => !isOfAmbient(note));
        assert.equal(outputOf({ ...report, notes }), shownOutputs().get(topic));
      });
  }

  test("goes to sidecars and back while clients call it", async (one) => {
    const load = new Load(await publishedApp(one), perSecond, 60_000);
    let before = load.got;
    const lost = (what: string) => {
      const { requests, failures } = load.got;
      const sum = [...failures.values()].reduce((all, n) => all + n, 0);
      const earlier = [...before.failures.values()].reduce((all, n) => all + n, 0);
      console.log(`    ${what}: ${sum - earlier} of ${requests - before.requests} requests lost`);
      before = load.got;
    };
    try {
      await proves(one, { dataplane: "sidecar" }, ["app-pods"]);
      lost("from ambient to sidecars");
      await proves(one, { dataplane: "ambient" }, ["mtls-hbone"]);
      lost("from sidecars to ambient");
    } finally {
      await load.end();
    }
    assert.deepEqual(await one.up(), [], "a second up changes something");
    // the last mesh test was kept during both changes
    await removeTrial(await runningEnvironment(one.stack, exitCodes.environment), name, quiet);
  });

  test("splits the calls of pods by a waypoint", async (one) => {
    const obstacle = await waypointObstacle(version);
    if (obstacle !== undefined) return console.log(`    no waypoint was tried: ${obstacle}`);
    if (waypointManifest !== undefined) await one.apply(JSON.parse(await readFile(waypointManifest, "utf8")));
    await proves(one, { routing: "gateway-api", waypoint: "true", canaryWeight: "30" }, ["mesh-share", "mtls-hbone"]);
    assert.deepEqual(await one.up(), [], "a second up changes something");
  });

  if (isNightly) {
    test("rolls back a version 2 that answers 404, by the counters of the gateway", (one) =>
      rollsOut(one, "answers 404", "gateway", "rolled back"));
    test("rolls back a version 2 that fails in 20 %, by probes", (one) =>
      rollsOut(one, "fails in 20 %", "probes", "rolled back"));
    for (const source of ["probes", "gateway"] as const)
      test(`promotes a healthy version 2 by ${source}`, (one) => rollsOut(one, "is healthy", source, "promoted"));
    test("aborts and resumes a rollout that paused", pausesAndEnds);
  }

  test("proves itself with routes of the Gateway API, STRICT and tokens", async (one) => {
    const missing = await missingCrds(version);
    if (missing !== undefined) return console.log(`    no route of the Gateway API was tried: ${missing}`);
    await proves(one, { routing: "gateway-api", mtlsMode: "STRICT", tokens: "true" }, ["mtls-hbone", "token-valid"]);
  });
});
