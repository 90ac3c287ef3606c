import assert from "node:assert/strict";
import { type UpgradeOptions, type UpgradeOutcome, upgrade } from "../../automation";
import { failures } from "../../model/canary/evidence";
import { type Phase, requestsOf } from "../../model/upgrade/journal";
import { steps } from "../../model/upgrade/plan";
import { Environment } from "../support/environment";
import { machineConfig, machineReads } from "../support/machine";
import { newestIstios } from "../support/machineVersions";

const name = "e2e-upgrade";
/** Two versions that this machine can install, of the two oldest supported minors that it has; the reason if there are none. */
async function olderAndNewer(): Promise<{ from: string; to: string } | Error> {
  try {
    const all = await newestIstios(await machineConfig(), machineReads);
    const [from, to] = all;
    return from && to ? { from, to } : new Error(`this machine can install ${all.join(", ") || "no version"}`);
  } catch (error) {
    return error as Error;
  }
}

describe("an upgrade of Istio", function () {
  this.timeout(1_500_000);
  let environment: Environment;
  let from = "";
  let to = "";

  /** A test that needs two minors of Istio. Without them, `before` has said so, and a pending test would fail the suite. */
  const test = (title: string, body: () => Promise<void>) =>
    it(title, async () => {
      if (to !== "") await body();
    });

  before(async () => {
    const found = await olderAndNewer();
    if (found instanceof Error)
      return console.log(`    nothing was tried: it needs two minors of Istio: ${found.message}`);
    ({ from, to } = found);
    console.log(`    from Istio ${from} to ${to}`);
    environment = await Environment.open(name, { agents: "0", mtlsMode: "STRICT", istioVersion: from });
    Object.assign(process.env, environment.stack.workspace.envVars);
    await environment.up();
  });
  after(() => environment?.destroy());

  /** Runs the command, and returns its result with its output. */
  async function run(options: Partial<UpgradeOptions>): Promise<UpgradeOutcome & { text: string }> {
    const lines: string[] = [];
    const outcome = await upgrade(name, { action: "start", rate: 100, ...options }, (line) => lines.push(line));
    return { ...outcome, text: lines.join("\n") };
  }

  /** Fails if a request of one of these phases failed. */
  function assertNoneFailed({ entries, text }: UpgradeOutcome & { text: string }, phases: readonly Phase[]): void {
    for (const phase of phases) {
      const { ingress, mesh } = requestsOf(entries, phase);
      assert.deepEqual([failures(ingress), failures(mesh)], [0, 0], `${phase}: ${text}`);
      assert.ok(ingress.requests > 0 && mesh.requests > 0, `${phase}: nothing was measured`);
    }
  }
  const phases = steps.map((step) => step.name);
  const controlPlanes = async () => {
    const named = await environment.kubectl(
      "get",
      "deployment",
      "-n",
      "istio-system",
      "-l",
      "app=istiod",
      "-o",
      "name",
    );
    return named.split("\n").length;
  };

  test("moves every proxy to the newer version, with the old control plane beside it, without a failed request", async () => {
    const outcome = await run({ to, pauseBefore: "finish" });
    assert.equal(outcome.end, "paused", outcome.text);
    assertNoneFailed(outcome, phases.slice(0, -1));
    assert.equal(await controlPlanes(), 2);
  });

  test("goes back without a failed request", async () => {
    const outcome = await run({ action: "abort" });
    assert.equal(outcome.end, "taken back", outcome.text);
    assertNoneFailed(outcome, ["back"]);
    assert.equal(await controlPlanes(), 1);
  });

  test("ends with the newer control plane alone, without a failed request", async () => {
    const outcome = await run({ to });
    assert.equal(outcome.end, "upgraded", outcome.text);
    assertNoneFailed(outcome, phases);
    assert.equal(await controlPlanes(), 1);
  });

  test("refuses a minor below the proxies", async () => {
    await assert.rejects(run({ to: from }), { exitCode: 2, message: /of an older minor than the proxies/ });
  });
});
