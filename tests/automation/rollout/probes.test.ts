import assert from "node:assert/strict";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { probeProvider } from "../../../automation/commands/rollout/probes";
import { certificates } from "../../support/fakeGateway";

describe("probes", function () {
  this.timeout(20_000);
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** Probes of a gateway that answers by `answer`, of which every other request is version 2's. */
  async function against(answer: (response: import("node:http").ServerResponse, subset: string) => void) {
    const { ca, cert, key } = await certificates("istio.test", ["*.istio.test"]);
    let requests = 0;
    server = createServer({ cert, key }, (_request, response) => {
      const subset = requests++ % 2 === 0 ? "v1" : "v2";
      response.setHeader("x-subset", subset).setHeader("x-canary-weight", "50");
      answer(response, subset);
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return probeProvider({ host: "helloworld.istio.test", address: "127.0.0.1", port, tls: { ca } }, 100);
  }

  it("count an answer that is cut off against the version that its headers name", async () => {
    const provider = await against((response, subset) => {
      if (subset === "v1") return void response.end("Hello");
      response.writeHead(200, { "content-length": 1000 });
      response.write("half", () => response.destroy());
    });
    const { stable, canary, unattributed } = await provider.measure(0.5);
    assert.ok(stable.requests > 0 && stable.noAnswer === 0);
    assert.ok(canary.requests > 0 && canary.noAnswer === canary.requests);
    assert.equal(unattributed, 0);
  });

  it("learn from several windows what is slow, when one has too few answers of version 1", async () => {
    const provider = await against((response) => response.end("Hello"));
    assert.equal((await provider.measure(0.2)).slowAbove, undefined);
    for (let windows = 0; windows < 50; windows++) if ((await provider.measure(0.2)).slowAbove !== undefined) return;
    assert.fail("nothing was learned");
  });

  it("count a reset without an answer as one of an unknown version", async () => {
    const provider = await against((response, subset) => {
      if (subset === "v1") response.end("Hello");
      else response.destroy();
    });
    const { stable, unattributed } = await provider.measure(0.5);
    assert.ok(stable.requests > 0 && unattributed > 0);
  });

  it("report that nothing was measured when no probe is answered below 100 %", async () => {
    const provider = await against((response) => response.destroy());
    await assert.rejects(provider.measure(0.2), /^Error: no probe was answered: /);
  });

  it("count against version 2 when it has nearly all traffic, so that chance sent it all of them", async () => {
    let weight = "99";
    const provider = await against((response) => {
      response.setHeader("x-canary-weight", weight);
      if (weight === "99") response.end("Hello");
      else response.destroy();
    });
    await provider.measure(0.2);
    weight = "none";
    const { canary, unattributed } = await provider.measure(0.2);
    assert.ok(canary.requests === 0 && unattributed > 0);
  });

  it("end with their signal while a version hangs", async () => {
    const cancel = new AbortController();
    const provider = await against(() => cancel.abort());
    const begun = performance.now();
    await assert.rejects(provider.measure(60, cancel.signal), { message: "interrupted" });
    assert.ok(performance.now() - begun < 5000);
  });
});
