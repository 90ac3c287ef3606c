import assert from "node:assert/strict";
import { verify } from "../../automation";
import { Environment } from "../support/environment";
import { configurations } from "./configurations";

const name = "e2e-verify";

/** A VirtualService whose Gateway does not exist, which istioctl calls an error (IST0101). */
const mistake = {
  apiVersion: "networking.istio.io/v1",
  kind: "VirtualService",
  metadata: { name: "astray", namespace: "helloworld" },
  spec: {
    hosts: ["astray.istio.localhost"],
    gateways: ["nowhere"],
    http: [{ route: [{ destination: { host: "helloworld" } }] }],
  },
};

describe("an environment", () => {
  let environment: Environment;
  before(async () => {
    environment = await Environment.open(name);
    Object.assign(process.env, environment.stack.workspace.envVars);
  });
  after(() => environment?.destroy());

  const analyze = () => environment.cluster("istioctl", "analyze", "--all-namespaces");

  for (const [what, config] of configurations)
    it(`passes verify and istioctl analyze ${what}`, async () => {
      for (const [key, value] of Object.entries(config)) await environment.set(key, value);
      await environment.up();
      const findings = await verify(name);
      for (const key of Object.keys(config)) await environment.unset(key);
      assert.deepEqual(
        findings.filter(({ outcome }) => outcome !== "passed").map(({ title, evidence }) => `${title}: ${evidence}`),
        [],
      );
      await assert.doesNotReject(analyze());
    });

  it("fails istioctl analyze with a VirtualService of a Gateway that does not exist", async () => {
    await environment.apply(mistake);
    await assert.rejects(analyze(), /IST0101/);
  });
});
