import assert from "node:assert/strict";
import type { CheckContext } from "../../../automation/commands/verify/check";
import { pageChecks } from "../../../automation/commands/verify/pageChecks";
import { runCheck } from "../../../automation/stack/check";
import { parseSettings } from "../../../model/settings/parse";
import { FakeGateway } from "../../support/fakeGateway";

async function found(healths: readonly string[], hosts: readonly string[], config: Record<string, string>) {
  const gateway = await FakeGateway.open({ domain: "istio.test", weight: 0, hosts });
  const { settings } = parseSettings({ domain: "istio.test", httpsPort: String(gateway.httpsPort), ...config });
  assert.ok(settings);
  const activeTargets = healths.map((health) => ({ health, scrapeUrl: "http://x/metrics" }));
  const api = { get: async () => ({ data: { activeTargets } }) } as unknown as CheckContext["api"];
  const subject = { settings, ingressIp: "127.0.0.1", ca: gateway.ca, api, scratch: "s", tokenKey: "", headers: {} };
  try {
    const made = pageChecks
      .filter(({ when }) => when?.(settings, { routesToNodes: true }))
      .map((check) => runCheck(check, subject));
    return (await Promise.all(made)).map(({ outcome, evidence }) => `${outcome}: ${evidence}`);
  } finally {
    gateway.close();
  }
}

describe("pages that show the mesh", () => {
  const all = { prometheus: "true", grafana: "true", kiali: "true" };

  it("pass if each answers and every pod is scraped", async () => {
    assert.deepEqual(await found(["up", "up"], ["prometheus", "grafana", "kiali"], all), [
      "passed: 2 of 2 pods up",
      "passed: https://prometheus.istio.test/-/ready answers 200",
      "passed: https://grafana.istio.test/api/health answers 200",
      "passed: https://kiali.istio.test/healthz answers 200",
    ]);
  });

  it("fail if a page has no route", async () => {
    const [, , grafana] = await found(["up"], ["prometheus"], all);
    assert.equal(grafana, "failed: https://grafana.istio.test/api/health answers 404");
  });

  it("are not checked when they are not configured", async () => {
    assert.deepEqual(await found([], [], {}), []);
  });
});
