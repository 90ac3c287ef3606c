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
    assert.match(await waits({}), /@\.name==.*https.* && @\.attachedRoutes>0\)/);
    assert.match(await waits({ ...examples["login"], prometheus: "true" }), /https.* && @\.attachedRoutes>2\)/);
  });

  it("waits by conditions that the provider can read, whose path ends at the first = that is not part of ==", async () => {
    const { resources } = await runProgram({ dataplane: "ambient", routing: "gateway-api", waypoint: "true" });
    const conditions = resources.flatMap(({ inputs }) => {
      const { annotations } = (inputs["metadata"] ?? {}) as { annotations?: Readonly<Record<string, string>> };
      const text = annotations?.["pulumi.com/waitFor"] ?? "[]";
      return text.startsWith("[") ? (JSON.parse(text) as string[]) : [text];
    });
    assert.ok(conditions.length > 0);
    for (const one of conditions) assert.match(one, /^(condition=\w+|jsonpath=\{([^=]|==)+\}(=\w+)?)$/);
  });

  it("labels the app's Service when its waypoint is ready, since ztunnel then sends calls there", async () => {
    const { resources } = await runProgram({ dataplane: "ambient", routing: "gateway-api", waypoint: "true" });
    const waits = (name: string) => resources.find((one) => one.name === name)?.after ?? [];
    assert.ok(waits("app-service").includes("app-waypoint-ready"));
    assert.ok(waits("app-waypoint-ready").includes("app-waypoint"));
  });
});
