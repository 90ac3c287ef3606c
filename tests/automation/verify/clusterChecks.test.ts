import assert from "node:assert/strict";
import type { CheckContext } from "../../../automation/commands/verify/check";
import { clusterChecks } from "../../../automation/commands/verify/clusterChecks";
import { runCheck } from "../../../automation/stack/check";
import { parseSettings } from "../../../model/settings/parse";

const proxy = { name: "istio-proxy" };
const app = { name: "helloworld" };
const spec = {
  none: { containers: [app] },
  beside: { containers: [app, proxy] },
  native: { initContainers: [proxy], containers: [app] },
};

async function sidecars(pods: readonly (readonly [keyof typeof spec, ready: boolean])[], sidecarInjection: string) {
  const { settings } = parseSettings({ sidecarInjection });
  const items = pods.map(([kind, ready]) => ({
    metadata: { name: "helloworld" },
    spec: spec[kind],
    status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  }));
  const [check] = clusterChecks.filter(({ id }) => id === "app-pods");
  assert.ok(check && settings);
  const { outcome, evidence } = await runCheck(check, {
    settings,
    api: { get: async () => ({ items }) },
  } as never as CheckContext);
  return `${outcome}: ${evidence}`;
}

describe("the app's pods and their sidecars", () => {
  for (const [what, pods, injection, wanted] of [
    [
      "a sidecar each",
      ["beside", "beside"],
      "namespace",
      "passed: 2 of 2 pods ready, 2 with sidecar, injection namespace",
    ],
    [
      "Kubernetes' own kind of sidecar",
      ["native", "native"],
      "deployment",
      "passed: 2 of 2 pods ready, 2 with sidecar, injection deployment",
    ],
    ["none where none is wanted", ["none", "none"], "off", "passed: 2 of 2 pods ready, 0 with sidecar, injection off"],
    [
      "none where one is",
      ["native", "none"],
      "namespace",
      "failed: 2 of 2 pods ready, 1 with sidecar, injection namespace",
    ],
    ["one that nobody wanted", ["native", "none"], "off", "failed: 2 of 2 pods ready, 1 with sidecar, injection off"],
    ["a single pod", ["native"], "namespace", "failed: 1 of 1 pods ready, 1 with sidecar, injection namespace"],
  ] as const)
    it(`are recognized: ${what}`, async () => {
      const found = await sidecars(
        pods.map((kind) => [kind, true] as const),
        injection,
      );
      assert.equal(found, wanted);
    });

  it("are not ready if only one of them is", async () => {
    const found = await sidecars(
      [
        ["native", true],
        ["native", false],
      ],
      "namespace",
    );
    assert.equal(found, "failed: 1 of 2 pods ready, 2 with sidecar, injection namespace");
  });
});
