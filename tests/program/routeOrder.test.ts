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

describe("the order of the policies of a login", () => {
  for (const [routing, route] of [
    ["istio", "routing-virtualservice"],
    ["gateway-api", "routing-login"],
  ] as const)
    it(`requires the login, and routes to it by ${routing}, before the policy of the tokens lets requests without a token pass`, async () => {
      const { resources } = await runProgram({ ...examples["login"], routing });
      const waits = (name: string) => resources.find((one) => one.name === name)?.after ?? [];
      const policy = waits("authentication-token-required");
      for (const first of ["authentication-login-policy", route]) assert.ok(policy.includes(first), policy.join());
      // a pod of oauth2-proxy that does not start must not keep the policies from being there
      for (const one of [policy, waits("authentication-login-policy")])
        assert.ok(!one.includes("authentication-login"));
    });

  it("forwards tokens before the login is required, which would not see them", async () => {
    const { resources } = await runProgram(examples["login"]);
    const login = resources.find(({ name, type }) => name === "authentication-login" && type.endsWith(":Login"));
    assert.ok(login?.after.includes("authentication-tokens"), login?.after.join());
  });
});
