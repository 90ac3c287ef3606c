import assert from "node:assert/strict";
import { Environment } from "../support/environment";
import { configurations } from "./configurations";

const name = "e2e-analyze";

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

describe("istioctl analyze", () => {
  let environment: Environment;
  before(async () => {
    environment = await Environment.open(name);
  });
  after(() => environment?.destroy());

  const analyze = () => environment.cluster("istioctl", "analyze", "--all-namespaces");

  for (const [what, config] of configurations)
    it(`finds no error in an environment ${what}`, async () => {
      for (const [key, value] of Object.entries(config)) await environment.set(key, value);
      await environment.up();
      for (const key of Object.keys(config)) await environment.unset(key);
      await assert.doesNotReject(analyze());
    });

  it("would find one", async () => {
    await environment.apply(mistake);
    await assert.rejects(analyze(), /IST0101/);
  });
});
