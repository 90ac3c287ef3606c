import assert from "node:assert/strict";
import { make, type Subject } from "../../automation/verify/check";
import { doorChecks } from "../../automation/verify/doorChecks";
import type { Finding } from "../../model/findings";
import { parseSettings } from "../../model/settings";
import { type Behaviour, Door } from "../support/door";

const good: Behaviour = { domain: "istio.test", weight: 10 };

/** An API that takes everything, for checks that look at the door alone. */
const api = { create: async () => ({}) } as unknown as Subject["api"];

async function findings(behaviour: Behaviour, close = false): Promise<Finding[]> {
  const door = await Door.open(behaviour);
  const { settings } = parseSettings({
    domain: "istio.test",
    httpPort: String(door.httpPort),
    httpsPort: String(door.httpsPort),
  });
  assert.ok(settings);
  if (close) door.close();
  const subject: Subject = { settings, ingressIp: "127.0.0.1", ca: door.ca, api, scratch: "scratch" };
  try {
    // the load balancer's port 443 is not this test's to open
    const checks = doorChecks.filter(({ name }) => !name.includes("load balancer"));
    return await Promise.all(checks.map((check) => make(check, subject)));
  } finally {
    door.close();
  }
}

const notPassed = (found: readonly Finding[]) =>
  found.filter(({ outcome }) => outcome !== "pass").map(({ name, outcome }) => `${outcome}: ${name}`);

describe("verify at the ingress gateway's door", () => {
  it("passes every check where everything is as it should be", async () => {
    const found = await findings(good);
    assert.deepEqual(notPassed(found), []);
    assert.match(
      found.find(({ step }) => step === 9)?.evidence ?? "",
      /^200 of 2000, 8\.8 to 11\.4 % with 95 % confidence, band 157 to 245$/,
    );
  });

  for (const [what, difference, failing] of [
    ["another weight", { weight: 25 }, ["fail: version 2 gets its share"]],
    [
      "a redirect to the wrong port",
      { redirect: () => "https://helloworld.istio.test/" },
      ["fail: HTTP is redirected to HTTPS"],
    ],
    [
      "a certificate without the domain itself",
      { names: ["*.istio.test"] },
      ["fail: the certificate covers the wildcard and is signed by the CA"],
    ],
    [
      "503 instead of 200",
      { status: 503 },
      ["fail: HTTPS answers 200 to who trusts the CA, through the host's port", "fail: version 2 gets its share"],
    ],
  ] as const)
    it(`notices ${what}, and nothing else`, async () => {
      assert.deepEqual(notPassed(await findings({ ...good, ...difference })), failing);
    });

  it("knows nothing of a door that is closed, and does not take it for a refusal", async () => {
    const found = await findings(good, true);
    assert.deepEqual([...new Set(found.map(({ outcome }) => outcome))], ["unknown"]);
  });
});
