import assert from "node:assert/strict";
import type { Check, CheckContext } from "../../../automation/commands/verify/check";
import { ingressChecks } from "../../../automation/commands/verify/ingressChecks";
import { routeChecks } from "../../../automation/commands/verify/routeChecks";
import { runCheck } from "../../../automation/stack/check";
import type { CheckResult } from "../../../model/checks/result";
import { serviceHost } from "../../../model/names";
import { parseSettings } from "../../../model/settings/parse";
import { type Behaviour, FakeGateway } from "../../support/fakeGateway";

const good: Behaviour = { domain: "istio.test", weight: 10 };

let counted = 0;
/** An API that takes everything, beside a gateway that counts 40 more requests of version 2 each time it is asked. */
const api = {
  create: async () => ({}),
  get: async () => ({ items: [{ metadata: { name: "gateway" }, status: { phase: "Running" } }] }),
  text: async () => {
    counted += 40;
    const cluster = `cluster_name="outbound|80|v2|${serviceHost}"`;
    return [
      `envoy_cluster_upstream_rq{response_code_class="2xx",${cluster}} ${counted}`,
      `envoy_cluster_upstream_cx_destroy_local_with_active_rq{${cluster}} 0`,
      `envoy_cluster_upstream_rq_active{${cluster}} 0`,
    ].join("\n");
  },
} as unknown as CheckContext["api"];

async function findings(
  behaviour: Behaviour,
  close = false,
  checks: readonly Check[] = ingressChecks,
  config: Readonly<Record<string, string>> = {},
): Promise<CheckResult[]> {
  const gateway = await FakeGateway.open(behaviour);
  const { settings } = parseSettings({
    domain: "istio.test",
    httpPort: String(gateway.httpPort),
    httpsPort: String(gateway.httpsPort),
    ...config,
  });
  assert.ok(settings);
  if (close) gateway.close();
  const subject: CheckContext = {
    settings,
    ingressIp: "127.0.0.1",
    ca: gateway.ca,
    api,
    scratch: "scratch",
    tokenKey: "",
    headers: {},
  };
  try {
    // the load balancer's port 443 is not this test's to open
    const host = { routesToNodes: false };
    const made = checks.filter(({ when }) => when?.(settings, host) ?? true);
    return await Promise.all(made.map((check) => runCheck(check, subject)));
  } finally {
    gateway.close();
  }
}

const notPassed = (found: readonly CheckResult[]) =>
  found.filter(({ outcome }) => outcome !== "passed").map(({ title, outcome }) => `${outcome}: ${title}`);

describe("verify at the ingress gateway", () => {
  it("passes every check in a healthy environment", async () => {
    const found = await findings(good);
    assert.deepEqual(notPassed(found), []);
    assert.match(
      found.find(({ step }) => step === 9)?.evidence ?? "",
      /^200 of 2000, 8\.8 to 11\.4 % with 95 % confidence, band 157 to 245$/,
    );
  });

  for (const [what, difference, failing] of [
    ["another weight", { weight: 25 }, ["failed: version 2 gets its share"]],
    [
      "a redirect to the wrong port",
      { redirect: () => "https://helloworld.istio.test/" },
      ["failed: HTTP is redirected to HTTPS"],
    ],
    [
      "a certificate without the domain itself",
      { names: ["*.istio.test"] },
      ["failed: the certificate covers the wildcard and is signed by the CA"],
    ],
    [
      "503 instead of 200",
      { status: 503 },
      [
        "failed: HTTPS answers 200 to a client that trusts the CA, through the host's port",
        "failed: version 2 gets its share",
      ],
    ],
  ] as const)
    it(`notices ${what}, and nothing else`, async () => {
      assert.deepEqual(notPassed(await findings({ ...good, ...difference })), failing);
    });

  it("knows the versions of an image of the user's by the gateway's header, whatever the app answers", async () => {
    const config = { appImage: "ghcr.io/me/shop" };
    assert.deepEqual(notPassed(await findings({ ...good, body: "welcome" }, false, ingressChecks, config)), []);
  });

  it("sends the Host header of a browser, with a port that is not the default one", async () => {
    const asked: string[] = [];
    const redirect = (httpsPort: number, host: string) => {
      asked.push(host);
      return `https://helloworld.istio.test:${httpsPort}/`;
    };
    await findings({ ...good, redirect });
    assert.match(asked.join(), /^helloworld\.istio\.test:\d+$/);
  });

  for (const [what, config, routesToNodes, expected] of [
    ["a cluster of its own", {}, false, ["through the host's port"]],
    ["one whose network leads here", {}, true, ["through the host's port", "at the load balancer's address"]],
    [
      "a cluster that the user has",
      { cluster: "existing", kubeContext: "mine", allowedContexts: "mine", loadBalancer: "off" },
      false,
      ["at the load balancer's address"],
    ],
  ] as const)
    it(`checks the addresses of the ingress that exist, for ${what}`, () => {
      const { settings, problems } = parseSettings(config);
      assert.ok(settings, JSON.stringify(problems));
      const checks = ingressChecks.filter(
        ({ title, when }) => title.startsWith("HTTPS answers 200") && (when?.(settings, { routesToNodes }) ?? true),
      );
      assert.deepEqual(
        checks.map(({ title }) => title.split(", ")[1]),
        expected,
      );
    });

  it("does not report a gateway that refuses connections as one that rejects requests", async () => {
    const found = await findings(good, true);
    assert.deepEqual([...new Set(found.map(({ outcome }) => outcome))], ["unknown"]);
  });
});

describe("verify of the routes that precede the split", () => {
  const header = { canaryHeader: "x-canary" };
  const affinity = { canaryAffinity: "60" };
  for (const [what, behaviour, config, outcome, evidence] of [
    [
      "a header that selects a version",
      { header: "x-canary" },
      header,
      "passed",
      "x-canary: always 20 of 20 by v2, never 20 of 20 by v1",
    ],
    [
      "a header that selects no version",
      {},
      header,
      "failed",
      /^x-canary: always \d of 20 by v2, never 1\d of 20 by v1$/,
    ],
    [
      "a cookie that keeps a client at its version",
      { cookie: "kept" },
      affinity,
      "passed",
      "with helloworld-canary=10 20 of 20 by v2",
    ],
    [
      "a cookie that keeps no client",
      { cookie: "ignored" },
      affinity,
      "failed",
      /^with helloworld-canary=10 \d of 20 by v2$/,
    ],
    ["a missing cookie", {}, affinity, "failed", "version 2 gave no cookie"],
    ["mirrored requests", { weight: 0 }, { mirrorPercent: "20" }, "passed", /^40 copies of 200 requests, at least 22 /],
    [
      "too few mirrored requests",
      { weight: 0 },
      { mirrorPercent: "90" },
      "failed",
      /^40 copies of 200 requests, at least 16\d /,
    ],
  ] as const)
    it(`recognizes ${what}`, async () => {
      const [found, ...others] = await findings({ ...good, ...behaviour }, false, routeChecks, config);
      assert.equal(found?.outcome, outcome, found?.evidence);
      if (typeof evidence === "string") assert.equal(found?.evidence, evidence);
      else assert.match(found?.evidence ?? "", evidence);
      assert.deepEqual(others, []);
    });

  it("does not run if nothing is configured", async () => {
    assert.deepEqual(await findings(good, false, routeChecks), []);
  });
});
