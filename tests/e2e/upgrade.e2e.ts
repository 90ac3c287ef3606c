import assert from "node:assert/strict";
import { type UpgradeOptions, type UpgradeOutcome, upgrade } from "../../automation";
import { missingValidation, newProxies } from "../../automation/commands/upgrade/admission";
import { exitCodes } from "../../automation/stack/operation";
import { runningEnvironment } from "../../automation/stack/runningEnvironment";
import { poll } from "../../host/wait";
import { failedRequests } from "../../model/canary/evidence";
import { injectionLabel, revisionLabel } from "../../model/mesh/injection";
import { meshNamespace } from "../../model/names";
import { requestsOf, type UpgradePhase } from "../../model/upgrade/journal";
import { upgradeSteps } from "../../model/upgrade/plan";
import { type ProxyPod, proxiesByVersion, proxyVersion } from "../../model/upgrade/proxies";
import versions from "../../versions.json";
import { Environment } from "../support/environment";
import { machineConfig, machineReads } from "../support/machine";
import { newestIstios } from "../support/machineVersions";
import { isNightly } from "../support/nightly";

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
  function assertNoneFailed(
    { entries, text }: UpgradeOutcome & { text: string },
    phases: readonly UpgradePhase[],
  ): void {
    for (const phase of phases) {
      const { ingress, mesh } = requestsOf(entries, phase);
      assert.deepEqual([failedRequests(ingress), failedRequests(mesh)], [0, 0], `${phase}: ${text}`);
      assert.ok(ingress.requests > 0 && mesh.requests > 0, `${phase}: nothing was measured`);
    }
  }
  const phases = upgradeSteps.map((step) => step.name);
  const names = async (...what: string[]) =>
    (await environment.kubectl("get", ...what, "-o", "name")).split("\n").filter(Boolean);
  const controlPlanes = async () => (await names("deployment", "-n", meshNamespace, "-l", "app=istiod")).length;
  const api = async () => (await runningEnvironment(environment.stack, exitCodes.environment)).api;

  test("leaves the gateway on the old control plane until its pods are replaced", async () => {
    const outcome = await run({ to, pauseBefore: "gateway" });
    assert.equal(outcome.end, "paused", outcome.text);
    assertNoneFailed(outcome, ["crds", "istiod", "canary"]);
    assert.equal(await controlPlanes(), 2);
    const { items } = await (await api()).get<{ items: ProxyPod[] }>(
      `/api/v1/namespaces/${meshNamespace}/pods?labelSelector=istio%3Dingressgateway`,
    );
    assert.deepEqual(proxiesByVersion(items), { [from]: 1 });
  });

  test("moves the app by the tag stable, which a namespace with istio-injection does not follow", async () => {
    const outcome = await run({ action: "resume", pauseBefore: "default" });
    assert.equal(outcome.end, "paused", outcome.text);
    assertNoneFailed(outcome, ["gateway", "app"]);
    const labels = { [injectionLabel]: "enabled", [revisionLabel]: "stable" };
    await environment.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "both", labels } });
    const pod = { metadata: { name: "pod" }, spec: { containers: [{ name: "app", image: versions.curlImage }] } };
    const created = await (await api()).create<ProxyPod>("/api/v1/namespaces/both/pods?dryRun=All", pod);
    assert.equal(proxyVersion(created), from);
    assert.equal(await newProxies(await api(), "stable", to), undefined);
    await environment.kubectl("delete", "namespace", "both");
  });

  test("has every proxy on the newer version, with the old control plane beside it, without a failed request", async () => {
    const outcome = await run({ action: "resume", pauseBefore: "finish" });
    assert.equal(outcome.end, "paused", outcome.text);
    assertNoneFailed(outcome, phases.slice(0, -1));
    assert.equal(await controlPlanes(), 2);
  });

  test("finds a default revision that is gone, and resources that nobody validates, and a refresh repairs both", async () => {
    const gone = { op: "replace", value: "istiod-gone" };
    const all = [0, 1, 2, 3].map((i) => ({ ...gone, path: `/webhooks/${i}/clientConfig/service/name` }));
    const tag = ["mutatingwebhookconfiguration", "istio-revision-tag-default"];
    await environment.kubectl("patch", ...tag, "--type=json", "-p", JSON.stringify(all));
    await environment.kubectl("delete", "validatingwebhookconfiguration", "istiod-default-validator");
    const reads = await api();
    const problems = async () => [await newProxies(reads, "default", to), await missingValidation(reads)];
    const [injection, validation] = await poll(30, problems, (found) => found.every(Boolean));
    assert.match(injection ?? "", /^a new pod of the tag default is rejected: .*istiod-gone/);
    assert.match(validation ?? "", /^a VirtualService without a route is accepted/);
    await environment.stack.refresh({ color: "never" });
    await environment.up();
    assert.deepEqual(await poll(30, problems, (found) => !found.some(Boolean)), [undefined, undefined]);
  });

  if (isNightly)
    test("goes back, and forward again as far as before, without a failed request", async () => {
      const back = await run({ action: "abort" });
      assert.equal(back.end, "taken back", back.text);
      assertNoneFailed(back, ["back"]);
      assert.equal(await controlPlanes(), 1);
      const forward = await run({ to, pauseBefore: "finish" });
      assert.equal(forward.end, "paused", forward.text);
      assertNoneFailed(forward, phases.slice(0, -1));
    });

  test("ends with the newer control plane alone, without a failed request", async () => {
    const outcome = await run({ action: "resume" });
    assert.equal(outcome.end, "upgraded", outcome.text);
    assertNoneFailed(outcome, phases);
    assert.equal(await controlPlanes(), 1);
    const services = await names("service", "-n", meshNamespace);
    const webhooks = await environment.kubectl(
      "get",
      "mutatingwebhookconfigurations,validatingwebhookconfigurations",
      "-o",
      'jsonpath={range .items[*].webhooks[*]}{.clientConfig.service.namespace}/{.clientConfig.service.name}{"\\n"}{end}',
    );
    const leadTo = [...new Set(webhooks.split("\n"))].filter((service) => service.startsWith(`${meshNamespace}/`));
    const served = services.map((service) => service.replace("service/", `${meshNamespace}/`));
    assert.deepEqual(
      leadTo.filter((service) => !served.includes(service)),
      [],
    );
  });

  test("refuses a minor below the proxies", async () => {
    await assert.rejects(run({ to: from }), { exitCode: 2, message: /of an older minor than the proxies/ });
  });
});
