import assert from "node:assert/strict";
import { analyzerHints } from "../../../model/trial/manifests/analyzer";
import { sizeProblems } from "../../../model/trial/manifests/rules";
import { acceptingIssuers, issuersAtGateway } from "../../../model/trial/requests/gatewayTokens";
import { planOf, shop } from "./files";

const authentication = (namespace: string) => `${shop}---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: jwt, namespace: ${namespace} }
spec: { jwtRules: [{ issuer: "https://a.example.com", jwksUri: "https://a.example.com/keys" }] }
`;

describe("an environment whose gateway checks tokens", () => {
  const token = "cases: [{ it: i, request: { url: http://shop.example.com/, token: {} }, expect: 200 }]";
  const issuers = (namespace: string) => {
    const { plan, tests } = planOf(authentication(namespace), token);
    return issuersAtGateway(tests, plan.applied, "https://a.example.com");
  };

  it("accepts the issuers of a run's tokens, unless the user's own policy checks them there", () => {
    assert.deepEqual(issuers("shop"), ["https://a.example.com"]);
    assert.deepEqual(issuers("istio-system"), []);
  });

  it("keeps the environment's rules beside them", () => {
    const before = { selector: {}, jwtRules: [{ issuer: "own" }] };
    assert.deepEqual(acceptingIssuers(["https://a.example.com"], "{}")(before), {
      selector: {},
      jwtRules: [{ issuer: "own" }, { issuer: "https://a.example.com", jwks: "{}", forwardOriginalToken: true }],
    });
  });
});

describe("the pods of a run", () => {
  it("pull with the environment's credentials, in every namespace", () => {
    const { plan } = planOf(shop, undefined, { pullSecret: '{"auths":{}}' });
    const secrets = plan.objects.filter(({ type }) => type === "kubernetes.io/dockerconfigjson");
    assert.deepEqual(secrets.map(({ metadata }) => metadata.namespace).sort(), ["istio-trial", "shop"]);
    const pods = plan.objects.filter(({ kind }) => kind === "Deployment");
    for (const { spec } of pods)
      assert.deepEqual(spec.template.spec.imagePullSecrets, [{ name: secrets[0]?.metadata.name }]);
  });

  it("are no more than a node starts, and objects may be five hundred", () => {
    const { plan, tests } = planOf(shop);
    const [object] = plan.applied;
    assert.ok(object);
    const many = (n: number) => Array.from({ length: n }, () => object);
    assert.deepEqual(sizeProblems("mesh", many(500), tests, 90), []);
    const problems = [...sizeProblems("mesh", many(1001), tests), ...sizeProblems("mesh", [], tests, 91)];
    assert.match(
      problems.map(({ message }) => message).join("\n"),
      /1001 objects are more than the 1000 .*\n91 pods are more than the 90/,
    );
  });
});

describe("hints of istioctl analyze", () => {
  it("have file and line, without what is true of the run itself", () => {
    const { plan } = planOf(authentication("shop"));
    const finding = { code: "IST0101", level: "Error", message: "not found", origin: "RequestAuthentication shop/jwt" };
    assert.deepEqual(
      analyzerHints([finding, { ...finding, code: "IST0102" }, { ...finding, level: "Info" }], plan.applied),
      ["Error IST0101 RequestAuthentication shop/jwt (mesh.yaml:10): not found"],
    );
  });
});
