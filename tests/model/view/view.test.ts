import assert from "node:assert/strict";
import { type CounterSnapshot, noTally } from "../../../model/canary/counters";
import { liveModes, mtlsRows } from "../../../model/view/liveModes";
import { viewContents } from "../../../model/view/page";
import type { View } from "../../../model/view/state";
import { addReading, type CounterReading, trafficOf } from "../../../model/view/trafficWindow";

const counted = (v1: number, v2: number, errors = 0): CounterSnapshot =>
  new Map([
    ["gateway a", { v1: { ...noTally, answers: { 2: v1 } }, v2: { ...noTally, answers: { 2: v2, 5: errors } } }],
  ]);

describe("the traffic of the view", () => {
  it("shows the requests of the last minute by version", () => {
    let looks: CounterReading[] = [];
    for (const [at, v1, v2] of [
      [0, 100, 10],
      [50_000, 150, 20],
      [100_000, 190, 30],
    ] as const)
      looks = addReading(looks, { at, snapshot: counted(v1, v2) });
    assert.deepEqual(trafficOf(looks), {
      value: { seconds: 100, requests: { v1: 90, v2: 20 }, failures: { v1: 0, v2: 0 } },
    });
    looks = addReading(looks, { at: 150_000, snapshot: counted(200, 32, 3) });
    assert.deepEqual(trafficOf(looks), {
      value: { seconds: 100, requests: { v1: 50, v2: 15 }, failures: { v1: 0, v2: 3 } },
    });
  });

  it("is unknown after a gateway restarted, and not negative", () => {
    const looks = [
      { at: 0, snapshot: counted(100, 10) },
      { at: 5000, snapshot: counted(3, 1) },
    ];
    assert.match(JSON.stringify(trafficOf(looks)), /unknown.*counting begins again/);
  });

  it("is unknown after the first reading", () => {
    assert.ok("unknown" in trafficOf([{ at: 0, snapshot: counted(1, 1) }]));
  });
});

const policy = (namespace: string, created: string, spec: object) => ({
  metadata: { namespace, creationTimestamp: `2026-01-0${created}T00:00:00Z` },
  spec,
});
const ofApp = { selector: { matchLabels: { app: "helloworld" } } };

describe("the mTLS mode in the view", () => {
  const table = [
    { it: "is PERMISSIVE without a policy", policies: [], modes: ["PERMISSIVE", "UNSET", "UNSET", "UNSET"] },
    {
      it: "uses the older of two policies at one scope",
      policies: [
        policy("istio-system", "2", { mtls: { mode: "PERMISSIVE" } }),
        policy("istio-system", "1", { mtls: { mode: "STRICT" } }),
      ],
      modes: ["STRICT", "UNSET", "UNSET", "UNSET"],
    },
    {
      it: "reads namespace, workload and port",
      policies: [
        policy("helloworld", "1", { mtls: { mode: "STRICT" } }),
        policy("helloworld", "2", { ...ofApp, mtls: { mode: "DISABLE" }, portLevelMtls: { 8080: { mode: "STRICT" } } }),
      ],
      modes: ["PERMISSIVE", "STRICT", "DISABLE", "STRICT"],
    },
    {
      it: "ignores policies for other workloads and namespaces",
      policies: [
        policy("helloworld", "1", { selector: { matchLabels: { app: "other" } }, mtls: { mode: "STRICT" } }),
        policy("shop", "1", { mtls: { mode: "STRICT" } }),
      ],
      modes: ["PERMISSIVE", "UNSET", "UNSET", "UNSET"],
    },
  ];
  for (const { it: title, policies, modes } of table)
    it(title, () => {
      const { mtlsMode, mtlsNamespaceMode, mtlsWorkloadMode, mtlsPortMode } = liveModes(policies, 8080);
      assert.deepEqual([mtlsMode, mtlsNamespaceMode, mtlsWorkloadMode, mtlsPortMode], modes);
    });

  it("shows that STRICT resets a caller without a sidecar", () => {
    const live = liveModes([policy("istio-system", "1", { mtls: { mode: "STRICT" } })], 8080);
    assert.equal(
      mtlsRows(live, { dataplane: "sidecar", sidecarInjection: "namespace" })[0]?.calls["pod without sidecar"],
      "reset",
    );
  });
});

/** A view in which nothing could be read. */
const unread: View = {
  stack: "dev",
  at: new Date("2026-01-02T03:04:05Z"),
  addresses: ["https://helloworld.istio.localhost/ from this host"],
  weights: { unknown: "no answer" },
  traffic: { unknown: "no answer" },
  mtls: { unknown: "no answer" },
  certificate: { unknown: "no answer" },
  pods: { unknown: "no answer" },
  rollout: { unknown: "no answer" },
  upgrade: { unknown: "no answer" },
  trials: { unknown: "no answer" },
};

describe("the page of the view", () => {
  it("shows each part that could not be read as unknown, with the reason", () => {
    assert.equal(viewContents(unread).match(/\? unknown: no answer/g)?.length, 8);
  });
  it("reports a route that differs from the configuration", () => {
    const page = viewContents({ ...unread, weights: { value: { configured: 10, routed: 50 } } });
    assert.match(page, /! The route gives 50 % to version 2. The configuration says 10 %/);
  });
  it("reports a weight of a running rollout as what it is, and no longer when the rollout has ended", () => {
    const weights = { value: { configured: 10, routed: 50 } };
    const page = (isRunning: boolean) =>
      viewContents({ ...unread, weights, rollout: { value: { state: "step 50 %", steps: [], isRunning } } });
    assert.match(page(true), /<p>The route gives 50 % to version 2, set by the rollout that is running\./);
    assert.match(page(false), /<p>! The route gives 50 % to version 2\./);
  });
  it("escapes text from the cluster and lists the steps of a rollout", () => {
    const page = viewContents({
      ...unread,
      rollout: { value: { state: "<b>", steps: ["50 %: pass"], isRunning: false } },
      pods: {
        value: [{ namespace: "a", name: "<script>", ready: "0/1", status: "Error", healthy: false, restarts: 0 }],
      },
    });
    assert.match(page, /<p>&lt;b&gt;<\/p><ul><li>50 %: pass<\/li><\/ul>/);
    assert.doesNotMatch(page, /<script>/);
    assert.match(page, /✗ Error/);
  });
  const at = new Date("2026-01-01T00:00:00Z");
  for (const { it: title, passed, failed, unknown, mark } of [
    { it: "a failed mesh test as failed", passed: 3, failed: 1, unknown: 1, mark: "✗" },
    { it: "a mesh test that could not be measured as unknown", passed: 3, failed: 0, unknown: 1, mark: "?" },
    { it: "a mesh test without a case as unknown", passed: 0, failed: 0, unknown: 0, mark: "?" },
    { it: "a mesh test that passed as good", passed: 3, failed: 0, unknown: 0, mark: "✓" },
  ])
    it(`shows ${title}`, () => {
      const last = { folder: "mesh", passed, failed, unknown, at };
      const page = viewContents({ ...unread, trials: { value: { process: undefined, last } } });
      const counts = `${passed} passed, ${failed} failed, ${unknown} unknown`;
      assert.ok(page.includes(`<p>Last report, of 2026-01-01 00:00:00 UTC: ${mark} mesh: ${counts}</p>`), page);
    });
  it("says that a mesh test is under way, and that the report is of an earlier one", () => {
    const page = viewContents({ ...unread, trials: { value: { process: 123, last: undefined } } });
    assert.match(page, /A mesh test is under way \(process 123\)/);
    assert.match(page, /There is no report of this environment/);
  });
});
