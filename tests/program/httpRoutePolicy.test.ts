import assert from "node:assert/strict";
import { violations } from "../support/policy";

interface HttpRoute {
  spec: {
    parentRefs: [{ namespace?: string; sectionName: string }];
    rules: [{ backendRefs: { name: string; weight: number }[] & [{ name: string }] }];
  };
}
describe("the policy pack", () => {
  for (const [what, change, message] of [
    [
      "a backend in another namespace without a ReferenceGrant",
      ({ spec }: HttpRoute) => {
        Object.assign(spec.rules[0].backendRefs[0], { namespace: "istio-system" });
      },
      "Service istio-system/helloworld-v1 is in another namespace: without a ReferenceGrant requests would get 500",
    ],
    [
      "a backend that does not exist",
      ({ spec }: HttpRoute) => {
        spec.rules[0].backendRefs[0].name = "helloworld-v3";
      },
      "Service helloworld/helloworld-v3 does not exist: requests would get 500",
    ],
    [
      "a Gateway without its namespace",
      ({ spec }: HttpRoute) => {
        delete spec.parentRefs[0].namespace;
      },
      "Gateway helloworld/ingressgateway has no listener https: requests would get 404",
    ],
    [
      "a listener that the Gateway does not have",
      ({ spec }: HttpRoute) => {
        spec.parentRefs[0].sectionName = "tls";
      },
      "Gateway istio-system/ingressgateway has no listener tls: requests would get 404",
    ],
    [
      "weights that are all 0",
      ({ spec }: HttpRoute) => {
        for (const backend of spec.rules[0].backendRefs) backend.weight = 0;
      },
      "all weights are 0: requests would get 500",
    ],
  ] as const)
    it(`refuses in an HTTPRoute ${what}`, async () => {
      assert.deepEqual(await violations("gateway-api", "routing-httproute", change), [`routing-httproute: ${message}`]);
    });
});
