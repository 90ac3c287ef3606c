import assert from "node:assert/strict";
import { parseSettings } from "../../../model/settings/parse";
import { probeRoutes, probeTargets } from "../../../model/verification/probeTargets";
import { violations } from "../../support/crds";

const them = (config: Readonly<Record<string, string>> = {}) => {
  const { settings } = parseSettings(config);
  assert.ok(settings);
  return probeTargets({ name: "verify-1", uid: "1" }, settings, "hello:1") as {
    target: string;
    namespace: string;
    pod: {
      metadata: { labels: Record<string, string>; ownerReferences: object[] };
      spec: { readinessGates: object[]; containers: { ports: { containerPort: number }[] }[] };
    };
  }[] &
    ReturnType<typeof probeTargets>;
};

describe("pods to call", () => {
  it("stand in one place for each mode, and none is taken for the app", () => {
    const rows = them().map(({ target, namespace, pod }) => [
      target,
      namespace,
      pod.metadata.labels["app"],
      pod.metadata.labels["version"],
      pod.spec.containers[0]?.ports[0]?.containerPort,
      pod.spec.readinessGates.length,
    ]);
    assert.deepEqual(rows, [
      ["appOtherPorts", "helloworld", "helloworld", undefined, 8081, 1],
      ["namespace", "helloworld", undefined, undefined, 8080, 1],
      ["mesh", "verify-1", undefined, undefined, 8080, 1],
    ]);
  });

  it("are deleted with the run's namespace, whatever their own namespace is", () => {
    const owner = { apiVersion: "v1", kind: "Namespace", name: "verify-1", uid: "1" };
    assert.deepEqual(
      them().map(({ pod }) => pod.metadata.ownerReferences),
      [[owner], [owner], [owner]],
    );
  });

  for (const [way, labels] of [
    ["namespace", ["true", "true", "true"]],
    ["deployment", ["true", "true", "true"]],
    ["off", ["false", "false", "true"]],
  ] as const)
    it(`have sidecars if injection is ${way} as the app and its neighbours have`, () => {
      const rows = them({ sidecarInjection: way }).map(({ pod }) => pod.metadata.labels["sidecar.istio.io/inject"]);
      assert.deepEqual(rows, labels);
    });

  const routesBy = (routing: "istio" | "gateway-api") =>
    probeRoutes("verify-1.istio.localhost", "verify-1", them(), { routing });

  for (const routing of ["istio", "gateway-api"] as const)
    it(`are reached by routes that the API server accepts with routing = ${routing}`, () => {
      const all = routesBy(routing);
      assert.ok(all.length > 0);
      for (const { route } of all) assert.deepEqual(violations(route), []);
    });

  it("are reached without a ReferenceGrant by an HTTPRoute in the namespace of each, which goes with the run", () => {
    const routes = routesBy("gateway-api").map(({ collection, route }) => [collection, route.metadata]);
    const owners = [{ apiVersion: "v1", kind: "Namespace", name: "verify-1", uid: "1" }];
    assert.deepEqual(
      routes,
      [
        ["helloworld", "verify-1-appotherports"],
        ["helloworld", "verify-1-namespace"],
        ["verify-1", "verify-1-mesh"],
      ].map(([namespace, name]) => [
        `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes`,
        { name, ownerReferences: owners },
      ]),
    );
  });
});
