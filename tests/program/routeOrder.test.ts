import assert from "node:assert/strict";
import { examples } from "../support/examples";
import { runProgram } from "../support/program";

describe("the order of the routes", () => {
  for (const [routing, gateway] of [
    ["istio", "routing-gateway"],
    ["gateway-api", "routing-gateway-api"],
  ] as const)
    it(`removes the Gateway of ${routing} before each of its routes, so that no host answers 404 without its route`, async () => {
      const { resources } = await runProgram({ ...examples["login"], ...examples["observability"], routing });
      const routes = resources.filter(({ type }) => /:(VirtualService|HTTPRoute)$/.test(type)).map(({ name }) => name);
      assert.ok(routes.length >= 4, routes.join(" "));
      const after = resources.find(({ name }) => name === gateway)?.after ?? [];
      assert.deepEqual(
        routes.filter((route) => !after.includes(route)),
        [],
      );
    });

  it("waits until the Gateway of the Gateway API has accepted all of them", async () => {
    const waits = async (config: Readonly<Record<string, string>>) => {
      const { resources } = await runProgram({ ...config, routing: "gateway-api" });
      return JSON.stringify(resources.find(({ name }) => name === "routing-gateway-api")?.inputs["metadata"]);
    };
    assert.match(await waits({}), /@\.name==.*https.* && @\.attachedRoutes>=1\)/);
    assert.match(await waits({ ...examples["login"], prometheus: "true" }), /https.* && @\.attachedRoutes>=3\)/);
  });

  it("labels the app's Service when its waypoint is ready, since ztunnel then sends calls there", async () => {
    const { resources } = await runProgram({ dataplane: "ambient", routing: "gateway-api", waypoint: "true" });
    assert.ok(resources.find(({ name }) => name === "app-service")?.after.includes("app-waypoint"));
  });
});
