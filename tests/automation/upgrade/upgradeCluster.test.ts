import assert from "node:assert/strict";
import { missingValidation, newProxies } from "../../../automation/commands/upgrade/admission";
import { callsSinceStart, removeCaller, startCaller } from "../../../automation/commands/upgrade/callers";
import { upgradeLoad } from "../../../automation/commands/upgrade/load";
import { obstacleOf, problemOf } from "../../../automation/commands/upgrade/observe";
import { noCounts, noMeasurement } from "../../../model/canary/evidence";
import { type UpgradeStep, upgradeSteps } from "../../../model/upgrade/plan";
import { fakeMesh as api, type Labels, podOf } from "../../support/fakeMesh";

const plan = { from: "1.30.3", to: "1.31.4" };
const stepOf = (name: UpgradeStep["name"]) => upgradeSteps.find((step) => step.name === name) ?? upgradeSteps[0];
describe("new pods after a step of an upgrade", () => {
  it("get the sidecar of the version that the tag names", async () => {
    const { api: reads } = api(
      { helloworld: { "istio.io/rev": "stable" }, default: {} },
      { stable: plan.to, default: plan.from },
    );
    assert.equal(await newProxies(reads, "stable", plan.to), undefined);
    assert.equal(await newProxies(reads, "default", plan.to), "a new pod of the tag default gets 1.30.3, not 1.31.4");
  });

  it("are reported without a sidecar if a missing default revision breaks injection", async () => {
    const { api: none } = api({ default: {} }, {});
    assert.equal(
      await newProxies(none, "default", plan.to),
      "a new pod of the tag default gets no sidecar, not 1.31.4",
    );
    const { api: stale } = api({ default: {} }, { default: new Error('service "istiod" not found') });
    assert.match((await newProxies(stale, "default", plan.to)) ?? "", /is rejected: service "istiod" not found$/);
  });

  it("are looked at only in a namespace where the tag injects: istio-injection beats istio.io/rev", async () => {
    const both = { "istio-injection": "enabled", "istio.io/rev": "stable" };
    const { api: reads } = api({ helloworld: both, default: { "istio-injection": "disabled" } }, { default: plan.to });
    assert.equal(await newProxies(reads, "stable", plan.to), undefined);
  });
});

describe("the validation of Istio's resources", () => {
  it("is missing if a mistake is accepted, because no revision is the default", async () => {
    const { fake, api: reads } = api({});
    assert.equal(await missingValidation(reads), undefined);
    fake.validates = "accepted";
    assert.match((await missingValidation(reads)) ?? "", /no control plane validates/);
    fake.validates = "down";
    assert.match((await missingValidation(reads)) ?? "", /cannot be validated: .*no endpoints/);
  });
});

describe("the effect of a step", () => {
  it("is missing while the gateway has its old proxy: it follows only after a restart", async () => {
    const { fake, api: reads } = api({});
    fake.pods = [podOf("istio-system", plan.from)];
    assert.equal(await problemOf(reads, plan, stepOf("gateway"), 0), "not on 1.31.4: istio-system/pod 1.30.3");
    fake.pods = [podOf("istio-system", plan.to)];
    assert.equal(await problemOf(reads, plan, stepOf("gateway"), 0), undefined);
  });

  it("is not missing at the gateway while ztunnel has its old version, and is missing at the app", async () => {
    const { fake, api: reads } = api({});
    const ztunnel = podOf("istio-system", plan.from);
    const containers = [{ name: "istio-proxy", image: `docker.io/istio/ztunnel:${plan.from}` }];
    fake.pods = [podOf("istio-system", plan.to), { ...ztunnel, spec: { containers } }];
    assert.equal(await problemOf(reads, plan, stepOf("gateway"), 0), undefined);
    assert.equal(await problemOf(reads, plan, stepOf("app"), 0), "not on 1.31.4: istio-system/pod 1.30.3");
  });

  it("is missing while the old control plane is there after the last step", async () => {
    const { fake, api: reads } = api({});
    assert.equal(await problemOf(reads, plan, stepOf("finish")), undefined);
    fake.deployments = 1;
    assert.equal(await problemOf(reads, plan, stepOf("finish")), "the control plane 1.30.3 is still there");
  });
});

describe("an obstacle of the last step", () => {
  const finish = stepOf("finish");
  const named = (name: string, labels: Labels) => ({ metadata: { name, labels } });

  it("is a pod of a user's namespace that still has an old proxy", () => {
    const pods = [podOf("shop", plan.from), podOf("helloworld", plan.to), podOf("upgrade-old", plan.from)];
    assert.equal(
      obstacleOf(plan, finish, pods, []),
      "proxies still use the old control plane: shop/pod 1.30.3; fix: kubectl rollout restart deployment -n shop",
    );
    assert.equal(obstacleOf(plan, finish, pods.slice(1), []), undefined);
    assert.equal(obstacleOf(plan, stepOf("app"), pods, []), undefined);
  });

  it("is a namespace that names the old revision and no tag", () => {
    const text = obstacleOf(plan, finish, [], [named("shop", { "istio.io/rev": "1-30-3" })]);
    assert.match(text ?? "", /^the namespace shop names the revision 1-30-3, .* istio\.io\/rev=stable --overwrite/);
    assert.equal(obstacleOf(plan, finish, [], [named("upgrade-old", { "istio.io/rev": "1-30-3" })]), undefined);
  });
});

describe("the callers of an upgrade", () => {
  it("start once, on the revision of their version", async () => {
    const { fake, api: both } = api({}, { "1-31-4": plan.to });
    await startCaller(both, "upgrade-canary", { sidecar: plan.to }, 50);
    await startCaller(both, "upgrade-canary", { sidecar: plan.to }, 50);
    assert.deepEqual(fake.created, ["upgrade-canary"]);
    assert.equal(fake.namespaces.get("upgrade-canary")?.["istio.io/rev"], "1-31-4");
  });

  it("start in ambient, and are refused if ztunnel does not have their traffic", async () => {
    const { fake, api: both } = api({});
    fake.annotations = { "ambient.istio.io/redirection": "enabled" };
    await startCaller(both, "upgrade-old", "ambient", 50);
    const { "istio.io/dataplane-mode": mode, "istio.io/rev": revision } = fake.namespaces.get("upgrade-old") ?? {};
    assert.deepEqual([mode, revision], ["ambient", undefined]);
    const { api: outside } = api({});
    await assert.rejects(startCaller(outside, "upgrade-old", "ambient", 50), { message: /is not in ambient$/ });
  });

  it("are refused without a sidecar of the version", async () => {
    const { api: none } = api({}, { "1-31-4": plan.from });
    await assert.rejects(startCaller(none, "upgrade-canary", { sidecar: plan.to }, 50), {
      message: /has 1\.30\.3, not 1\.31\.4$/,
    });
  });

  it("neither use nor remove a namespace of the user's", async () => {
    const { fake, api: both } = api({ "upgrade-canary": { team: "a" } });
    await assert.rejects(startCaller(both, "upgrade-canary", { sidecar: plan.to }, 50), {
      message: /is not one of an upgrade/,
    });
    await removeCaller(both, "upgrade-canary");
    assert.deepEqual(fake.removed, []);
  });

  it("are removed, also twice", async () => {
    const { fake, api: both } = api({}, { "1-31-4": plan.to });
    await startCaller(both, "upgrade-canary", { sidecar: plan.to }, 50);
    await removeCaller(both, "upgrade-canary");
    await removeCaller(both, "upgrade-canary");
    assert.deepEqual(fake.removed, ["/api/v1/namespaces/upgrade-canary"]);
  });

  it("count from the first window on, and a log that cannot be read counts with the next one", async () => {
    const { fake, api: reads } = api({});
    fake.logs = { "upgrade-old": "50 200 \n" };
    const counts = { ...noCounts, requests: 400, timed: 400 };
    const provider = { measure: async () => ({ ...noMeasurement, stable: counts, unattributed: 3 }) };
    const load = upgradeLoad({ ...provider, name: "probes", byWeight: true, lag: 0 }, reads);
    await load.begin();
    fake.logs = { "upgrade-old": "50 200 \n49 200 1 503 \n", "upgrade-canary": "10 200 \n" };
    const { ingress, mesh } = await load.window(new AbortController().signal);
    assert.deepEqual([ingress.requests, ingress.noAnswer], [403, 3]);
    assert.deepEqual([mesh.requests, mesh.serverErrors], [60, 1]);
    fake.logs = {};
    assert.equal((await load.window(new AbortController().signal)).mesh.requests, 0);
    assert.equal((await callsSinceStart(reads, "upgrade-old")).requests, 0);
  });
});
