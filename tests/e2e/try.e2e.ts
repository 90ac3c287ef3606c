import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openTrial } from "../../automation/commands/try/pulumi";
import { removeTrial } from "../../automation/commands/try/remove";
import { runOnce } from "../../automation/commands/try/run";
import { readSources } from "../../automation/commands/try/sources";
import { withTrialLock } from "../../automation/commands/try/state";
import { readExercises } from "../../automation/commands/verify/exercises";
import { exitCodes } from "../../automation/stack/operation";
import { type RunningEnvironment, runningEnvironment } from "../../automation/stack/runningEnvironment";
import { missingKey } from "../../model/verification/lesson/chapters";
import { lessonSteps } from "../../model/verification/lesson/page";
import { Environment } from "../support/environment";
import { examplesPage, outputOf, pageOf, shownOutputs, topics } from "../support/exampleOutputs";
import { assertExercise } from "../support/exerciseRun";

const name = "e2e-try";
const say = (): void => {};

describe("mesh tests on the real engine", () => {
  let environment: Environment;
  let live: RunningEnvironment;

  before(async () => {
    environment = await Environment.open(name, { agents: "0", registry: "false" });
    // the runs' own stack lies in the same state, as it does for npm run try
    Object.assign(process.env, environment.stack.workspace.envVars);
    await environment.up();
    live = await runningEnvironment(environment.stack, exitCodes.environment);
  });
  const outputs = new Map<string, string>();
  after(async () => {
    if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(examplesPage, pageOf(outputs));
    await environment.destroy().catch(() => undefined);
  });

  const attempt = async (folder: string) => {
    const sources = await readSources([folder]);
    return withTrialLock(name, say, () => runOnce(live, name, sources, [folder], say));
  };

  for (const topic of topics)
    it(`pass in examples/mesh/${topic}, with the output that the documentation shows`, async () => {
      const report = await attempt(`examples/mesh/${topic}`);
      const wrong = report.results.filter(({ outcome }) => outcome !== "pass");
      assert.deepEqual(
        wrong.map(({ case: one, outcome, seen }) => `${one.it}: ${outcome}, ${seen}`),
        [],
      );
      outputs.set(topic, outputOf(report));
      if (process.env["UPDATE_GOLDEN"] === "1") return;
      assert.equal(outputs.get(topic), shownOutputs().get(topic), `${examplesPage} shows another output`);
    });

  const ofIstio = readExercises().filter((exercise) => missingKey(exercise, { routing: "istio" }) === undefined);
  for (const exercise of ofIstio)
    it(`run ${exercise.folder}, with the output that the lesson shows`, async () =>
      assertExercise(exercise, await attempt(exercise.folder)));

  it("are followed by the bytes on the wire, which the lesson shows", async () => {
    const wire = lessonSteps(live.settings, "").find(({ step }) => step === 8)?.afterwards;
    assert.ok(wire?.inspection);
    const shell = (command: string) => environment.cluster("bash", "-c", command);
    for (const command of wire.commands) {
      const printed = await shell(command);
      if (command.startsWith("kubectl exec ")) assert.match(printed, /^Hello, world!/);
    }
    assert.equal(await shell(wire.inspection.command), wire.inspection.output.join("\n"));
    for (const command of wire.cleanup ?? []) await shell(`${command} --wait=false`);
  });

  it("tell why a request ends otherwise than expected, with file and line", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "mesh-"));
    const mesh = await readFile("examples/mesh/authorization/mesh.yaml", "utf8");
    await writeFile(path.join(folder, "mesh.yaml"), mesh);
    const test =
      "cases: [{ it: lets everybody in, from: shop/batch, request: http://reports.data/daily, expect: 200 }]\n";
    await writeFile(path.join(folder, "mesh.test.yaml"), test);
    const [result] = (await attempt(folder)).results;
    assert.equal(result?.outcome, "fail");
    assert.match(result.reasons.map(({ text }) => text).join("\n"), /no rule of an ALLOW policy matches/);
    await rm(folder, { recursive: true });
  });

  it("refuse what the API server refuses, with file and line, and apply nothing", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "mesh-"));
    const mesh = await readFile("examples/mesh/faults/mesh.yaml", "utf8");
    await writeFile(path.join(folder, "mesh.yaml"), mesh.replace("timeout: 1s", "timeuot: 1s"));
    await writeFile(path.join(folder, "m.test.yaml"), await readFile("examples/mesh/faults/mesh.test.yaml", "utf8"));
    await assert.rejects(attempt(folder), /mesh\.yaml:\d+: VirtualService books\/ratings: .*timeuot/);
    await rm(folder, { recursive: true });
  });

  it("are an ordinary Pulumi program, which shows, mends and removes what a run applied", async () => {
    await attempt("examples/first");
    const stack = await openTrial(name, say);
    const quiet = { color: "never", suppressProgress: true } as const;
    const { changeSummary } = await stack.preview(quiet);
    assert.deepEqual(Object.keys(changeSummary), ["same"]);
    await environment.kubectl("delete", "virtualservice", "cart", "-n", "shop");
    await stack.up({ ...quiet, refresh: true });
    assert.match(await environment.kubectl("get", "virtualservice", "-n", "shop", "-o", "name"), /cart/);
    await stack.destroy(quiet);
    const left = await environment.kubectl("get", "pods", "-A", "-l", "istio-on-k3d.trial/workload", "-o", "name");
    assert.equal(left, "");
  });

  it("leave nothing in the cluster", async () => {
    await removeTrial(live, name, say);
    const left = await environment.kubectl("get", "namespaces", "-l", "istio-on-k3d.trial/stack", "-o", "name");
    assert.equal(left, "");
    const stack = await openTrial(name, say);
    await stack.workspace.removeStack(name, { force: true });
  });
});
