import assert from "node:assert/strict";
import { parseSettings } from "../../../model/settings/parse";
import { lessonSteps } from "../../../model/verification/lesson/page";

const stepsOf = (config: Readonly<Record<string, string>>) => {
  const { settings } = parseSettings(config);
  assert.ok(settings);
  return lessonSteps(settings, "10.44.0.239");
};

describe("the lesson with routing = gateway-api", () => {
  it("explains the kinds that are there, and names the Gateway so that kubectl finds the right one", () => {
    const steps = stepsOf({ routing: "gateway-api" });
    const kinds = new Set(steps.flatMap(({ resources = [] }) => resources));
    assert.ok(kinds.has("HTTPRoute"));
    assert.ok(!kinds.has("VirtualService") && !kinds.has("DestinationRule"));
    const deletes = steps.flatMap(({ commands }) => commands).filter((command) => command.includes("delete gateway"));
    assert.deepEqual(deletes, ["kubectl delete gateways.gateway.networking.k8s.io ingressgateway -n istio-system"]);
  });

  it("has the steps of the other lesson in their order", () => {
    const numbers = (routing: string) => stepsOf({ routing }).map(({ step }) => step);
    assert.deepEqual(numbers("gateway-api"), numbers("istio"));
  });
});
