import assert from "node:assert/strict";
import { Environment } from "../support/environment";
import { Load } from "../support/load";
import { machineConfig, machineReads } from "../support/machine";
import { newestMetallbs } from "../support/machineVersions";

const name = "e2e-metallb";
const perSecond = 50;

describe("another minor of MetalLB in a running environment", () => {
  let environment: Environment | undefined;
  let found: readonly string[] = [];

  before(async () => {
    found = await newestMetallbs(await machineConfig(), machineReads).catch((error: Error) => [error.message]);
    // a pending test would fail the suite
    if (found.length < 2)
      return console.log(`    nothing was tried: it needs two minors of MetalLB: ${found.join() || "none"}`);
    console.log(`    MetalLB ${found.join(" to ")} and back`);
    environment = await Environment.open(name, { agents: "0", metallbVersion: found[0] ?? "" });
    await environment.up();
  });
  after(() => environment?.destroy());

  it("keeps the address of the ingress gateway, and loses no request to it, there and back", async () => {
    if (!environment) return;
    const address = await environment.output<string>("ingressIp");
    const tls = { ca: await environment.output<string>("caPem") };
    const load = new Load({ host: "helloworld.istio.localhost", address, port: 443, tls }, perSecond, 100_000);
    for (const version of [...found.slice(1), ...found.slice(0, -1).reverse()]) {
      await environment.set("metallbVersion", version);
      assert.deepEqual(await environment.up(), ["load-balancer-metallb"], version);
      assert.equal(await environment.output<string>("ingressIp"), address, version);
      await load.reaches(load.got.requests + 10 * perSecond);
      const images = await environment.kubectl("get", "pods", "-n", "metallb-system", "-o", "jsonpath={..image}");
      assert.ok(images.includes(`speaker:v${version}`), images);
    }
    const { requests, failures } = await load.end();
    assert.ok(requests > 20 * perSecond);
    assert.deepEqual(Object.fromEntries(failures), {});
  });
});
