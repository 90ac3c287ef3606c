import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { routesToNodes } from "../../../automation/stack/dockerRoutes";
import { waitForApp } from "../../../automation/stack/waitForApp";
import { subsetHeader } from "../../../model/names";

/** An app that gives these answers one after the other, the last one for good. */
async function app(...answers: readonly (readonly [status: number, headers?: Record<string, string>])[]) {
  let asked = 0;
  const server = createServer((_request, response) => {
    const [status, headers = {}] = answers[Math.min(asked++, answers.length - 1)] ?? [500];
    response.writeHead(status, headers).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, target: { host: "app.test", address: "127.0.0.1", port: (server.address() as AddressInfo).port } };
}

describe("an app that has just come up", () => {
  const cases = [
    ["answers", [[200]], undefined],
    ["answers once its route has come", [[404], [503], [200]], undefined],
    ["answers by leading to a login", [[302]], undefined],
    ["answers where it has nothing at its root", [[404, { [subsetHeader]: "v1" }]], undefined],
    ["does not answer where it has no route", [[404]], "it answers 404"],
    ["does not answer where it fails", [[503, { [subsetHeader]: "v2" }]], "it answers 503"],
  ] as const;
  for (const [what, answers, why] of cases)
    it(what, async () => {
      const { server, target } = await app(...answers);
      try {
        assert.equal(await waitForApp(target, why ? 0.3 : 5), why);
      } finally {
        server.close();
      }
    });

  it("does not answer on a port without a listener", async () => {
    const { server, target } = await app([200]);
    await new Promise((resolve) => server.close(resolve));
    assert.match((await waitForApp(target, 0)) ?? "", /ECONNREFUSED/);
  });
});

describe("the load balancer's address", () => {
  const cases = [
    ["linux", "Ubuntu 24.04 LTS [name=seccomp,profile=builtin name=cgroupns]", true],
    ["linux", "Docker Desktop [name=seccomp,profile=unconfined name=cgroupns]", false],
    ["linux", "Ubuntu 24.04 LTS [name=seccomp,profile=builtin name=rootless name=cgroupns]", false],
    ["darwin", "OrbStack []", false],
  ] as const;
  for (const [platform, dockerInfo, isExpected] of cases)
    it(`is ${isExpected ? "" : "not "}expected to answer with ${dockerInfo.split(" [")[0]} on ${platform}${dockerInfo.includes("rootless") ? ", rootless" : ""}`, async () => {
      assert.equal(await routesToNodes(platform, async () => dockerInfo), isExpected);
    });

  it("is not expected to answer when Docker does not", async () => {
    assert.equal(await routesToNodes("linux", () => Promise.reject(new Error("no docker"))), false);
  });
});
