import assert from "node:assert/strict";
import { istiodOf } from "../../model/mesh/revisions";
import { gatewayApiRoutesLeadSomewhere } from "../../policy/gatewayApiRoutes";
import { routesLeadSomewhere, strictIsEnforced } from "../../policy/meshRules";
import { noPlainSecrets, pinnedVersions } from "../../policy/rules";
import versions from "../../versions.json";
import { examples } from "../support/examples";
import { resourcesOf, violations } from "../support/policy";

interface Deployment {
  spec: { template: { spec: { containers: [{ image: string; env?: object[] }] } } };
}
interface VirtualService {
  spec: { gateways: string[]; http: [{ route: [{ weight: number; destination: { subset: string } }] }] };
}
const host = "helloworld.helloworld.svc.cluster.local";

describe("the policy pack", () => {
  for (const example of Object.keys(examples))
    it(`accepts the program of the example ${example}`, async () => {
      assert.ok((await resourcesOf(example)).length > 10);
      assert.deepEqual(await violations(example), []);
    });

  const images = [
    ["hello-app", false],
    ["hello-app:latest", false],
    ["localhost:5000/hello-app", false],
    ["localhost:5000/hello-app:1.0", true],
    [`hello-app@sha256:${"0".repeat(64)}`, true],
  ] as const;
  for (const [image, fine] of images)
    it(`${fine ? "lets" : "refuses"} the image ${image}`, async () => {
      const found = await violations("default", "app-v1", ({ spec }: Deployment) => {
        spec.template.spec.containers[0].image = image;
      });
      assert.deepEqual(found, fine ? [] : [`image ${image} must have a tag other than latest, or a digest`]);
    });

  for (const [version, fine] of [
    ["1.30.3", true],
    ["v1.30.3", true],
    ["1.31.0-rc.0", true],
    ["1.30.3+build.1", true],
    [">=1.30", false],
    ["1.30.3 - 9.9.9", false],
    ["1.30.3 || >=2.0.0", false],
    ["1.30.3, <2.0.0", false],
    ["1.30.x", false],
    ["1.30", false],
  ] as const)
    it(`${fine ? "accepts" : "refuses"} a chart of version ${version}`, async () => {
      const istiod = `mesh-${istiodOf(versions.istio)}`;
      const found = await violations("default", istiod, (props: { chart: string; version: string }) => {
        Object.assign(props, { chart: "istiod", version });
      });
      assert.deepEqual(found, fine ? [] : [`chart istiod must have an exact version, not ${version}`]);
    });

  it("refuses a private key and a kubeconfig wherever the state would show them", async () => {
    const key = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\n-----END EC PRIVATE KEY-----\n";
    const env = await violations("default", "app-v1", ({ spec }: Deployment) => {
      spec.template.spec.containers[0].env = [{ name: "KEY", value: key }];
    });
    const command = await violations("default", "cluster-nodes", (props: { environment: object }) => {
      props.environment = { KUBECONFIG_TEXT: "users:\n- user:\n    client-key-data: abc" };
    });
    const json = await violations("default", "cluster-nodes", (props: { environment: object }) => {
      props.environment = { KUBECONFIG_TEXT: JSON.stringify({ users: [{ user: { "client-key-data": "abc" } }] }) };
    });
    const violation = "must not hold a private key or a kubeconfig as plain text";
    assert.deepEqual(
      [...env, ...command, ...json],
      [`spec ${violation}`, `environment ${violation}`, `environment ${violation}`],
    );
  });

  for (const [violation, change, message] of [
    [
      "a subset that no DestinationRule has",
      ({ spec }: VirtualService) => {
        spec.http[0].route[0].destination.subset = "v3";
      },
      `subset v3 of ${host} is in no DestinationRule: requests to it would get 503`,
    ],
    [
      "a Gateway without its namespace",
      ({ spec }: VirtualService) => {
        spec.gateways = ["ingressgateway", "mesh"];
      },
      "Gateway ingressgateway does not exist: requests would get 404",
    ],
    [
      "weights that do not sum to 100",
      ({ spec }: VirtualService) => {
        spec.http[0].route[0].weight = 80;
      },
      "weights must sum to 100, not 90",
    ],
  ] as const)
    it(`refuses ${violation}`, async () => {
      assert.deepEqual(await violations("default", "routing-virtualservice", change), [
        `routing-virtualservice: ${message}`,
      ]);
    });

  it("rejects STRICT without sidecars", async () => {
    const strict = (props: { spec: object }) => {
      props.spec = { mtls: { mode: "STRICT" } };
    };
    const bare =
      "has no sidecar and is not in ambient while routing-peerauthentication says STRICT: nothing would enforce it";
    assert.deepEqual(await violations("no-sidecar", "routing-peerauthentication", strict), [
      `app-v1: ${bare}`,
      `app-v2: ${bare}`,
    ]);
  });
});

/** With what the SDK shows a policy what a preview does not know; left out of its types. */
interface Unknowns {
  readonly unknownStringValue: string;
  unknownCheckingProxy<T>(props: T): T;
}
const { unknownCheckingProxy, unknownStringValue } = require("@pulumi/policy/proxy") as Unknowns;

describe("the policy pack in a preview", () => {
  const key = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\n-----END EC PRIVATE KEY-----\n";

  it("reports nothing about resources in a cluster that does not exist yet", async () => {
    const resources = (await resourcesOf("strict")).map((each) =>
      /^kubernetes:/.test(each.type) ? { ...each, props: {} } : each,
    );
    assert.deepEqual(
      [...[routesLeadSomewhere, gatewayApiRoutesLeadSomewhere, strictIsEnforced].flatMap((rule) => rule(resources))],
      [],
    );
  });

  it("checks the known properties of a resource also when others are unknown", () => {
    const container = {
      name: unknownStringValue,
      image: "hello-app",
      env: [{ value: unknownStringValue }, { value: key }],
    };
    const resource = {
      type: "kubernetes:apps/v1:Deployment",
      name: "app-v1",
      props: unknownCheckingProxy({
        metadata: { namespace: unknownStringValue },
        spec: { template: { spec: { containers: [container, { image: unknownStringValue }] } } },
      }),
    };
    assert.throws(() => JSON.stringify(resource.props), /can't be known during preview/);
    assert.deepEqual(
      [...pinnedVersions(resource), ...noPlainSecrets(resource)],
      [
        "image hello-app must have a tag other than latest, or a digest",
        "spec must not hold a private key or a kubeconfig as plain text",
      ],
    );
  });
});
