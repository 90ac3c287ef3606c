import assert from "node:assert/strict";
import { revisionProblems } from "../../../model/trial/manifests/rules";
import { inputOf, planOf, shop } from "./files";

const problemsOf = (manifests: string, tests?: string) => planOf(manifests, tests).problemLines;
const cases = (text: string) => `cases:\n${text}`;
const one = "  - { it: answers, request: http://web.shop/, expect: 200 }\n";

describe("the files of a mesh test", () => {
  it("are read with file and line of every problem, all at once", () => {
    const manifests = `${shop}---
apiVersion: networking.istio.io/v1
kind: VirtualServices
metadata: { name: web, namespace: shop }
---
apiVersion: v1
kind: Service
metadata: { name: Web, namespace: shop }
---
just a text
`;
    assert.deepEqual(problemsOf(manifests, cases(one)), [
      "mesh.yaml:11: kind VirtualServices does not exist in networking.istio.io/v1; did you mean VirtualService?",
      'mesh.yaml:16: metadata.name = "Web" must be lower-case letters, digits, dashes and dots',
      "mesh.yaml:18: not a Kubernetes object: it must be a mapping with apiVersion, kind and metadata",
    ]);
  });

  it("may not have YAML that does not parse, and the rest of it is still read", () => {
    const { problems } = inputOf(`${shop}---\nkind: [\n`, cases(one)).manifests;
    assert.equal(problems.length > 0, true);
    assert.match(problems[0]?.message ?? "", /^not YAML: /);
    assert.equal(problems[0]?.file, "mesh.yaml");
  });

  it("may not have two objects of one name", () => {
    assert.deepEqual(problemsOf(`${shop}---\n${shop.split("---\n")[1]}`, cases(one)), [
      "mesh.yaml:10: Service shop/web stands already in mesh.yaml:5",
    ]);
  });

  it("may not use the environment's namespaces, except for Istio's own kinds in the root namespace", () => {
    const object = (apiVersion: string, kind: string, namespace: string) =>
      `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: x, namespace: ${namespace} }\n`;
    const manifests = [
      shop,
      object("v1", "ConfigMap", "helloworld"),
      object("v1", "Service", "istio-system"),
      object("security.istio.io/v1", "AuthorizationPolicy", "istio-system"),
      object("v1", "Secret", "istio-system"),
    ].join("");
    assert.deepEqual(problemsOf(manifests, cases(one)), [
      "mesh.yaml:12: ConfigMap helloworld/x lies in helloworld, which belongs to the environment; use a namespace of your own",
      "mesh.yaml:16: Service istio-system/x lies in istio-system, which belongs to the environment; allowed there: Istio's kinds and Secrets; use a namespace of your own",
    ]);
  });

  it("list the kinds that a test does without", () => {
    const { leftOut } = inputOf(
      `${shop}---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: x }\n`,
    ).manifests;
    assert.deepEqual(
      leftOut.map(({ line, object }) => `${line} ${object}`),
      ["10 NetworkPolicy /x"],
    );
  });

  it("report unknown keys, wrong values and missing ones of a test with the line of each", () => {
    const text = cases(`  - it: a
    request: { url: http://web.shop/, metod: POST }
    expect: { status: 99, share: { v1: 200 } }
  - request: http://web.shop/
    expect: soon
`);
    assert.deepEqual(problemsOf(shop, text), [
      "mesh.test.yaml:3: key metod is unknown in request; did you mean method?",
      "mesh.test.yaml:4: status = 99 must be a whole number from 100 to 599 or reset, refused, tls-error, timeout, unresolved or a list, each a whole number from 100 to 599 or reset, refused, tls-error, timeout, unresolved",
      "mesh.test.yaml:4: v1 = 200 must be a whole number from 0 to 100",
      'mesh.test.yaml:6: expect = "soon" must be a whole number from 100 to 599 or reset, refused, tls-error, timeout, unresolved or a mapping (expect)',
      "mesh.test.yaml:5: it is missing in case",
    ]);
  });

  it("name callers and workloads that exist", () => {
    const text = cases(`  - { it: a, from: nobody, request: http://web.shop/, expect: 200 }
  - { it: b, from: shop/cron, request: http://web.shop/, expect: { by: shop/wbe } }
`);
    assert.deepEqual(problemsOf(shop, text), [
      "mesh.test.yaml:2: caller nobody does not exist; allowed: outside, NAMESPACE/SERVICEACCOUNT",
      "mesh.test.yaml:3: workload shop/wbe does not exist; there are: shop/web, outside",
    ]);
  });

  it("name workloads as NAMESPACE/SERVICE, and get the right name for a DNS name", () => {
    const text = `workloads: { reviews.shop: { versions: [v1] } }
cases:
  - { it: a, from: shop/cron, given: { web.shop: { delay: 3s } }, request: http://web.shop/, expect: 504 }
  - { it: b, from: shop/cron, request: http://web.shop/, expect: { by: web.shop.svc.cluster.local } }
`;
    assert.deepEqual(problemsOf(shop, text), [
      "mesh.test.yaml:1: workload reviews.shop must be named NAMESPACE/SERVICE; did you mean shop/reviews?",
      "mesh.test.yaml:3: workload web.shop does not exist; did you mean shop/web?",
      "mesh.test.yaml:4: workload web.shop.svc.cluster.local does not exist; did you mean shop/web?",
    ]);
  });

  it("turn a matrix into a case for each caller and row", () => {
    const text = cases(`  - it: lets only the shop in
    matrix:
      to: http://web.shop:80
      rows:
        GET /: { shop/web: 200, outside: 403 }
        DELETE /: { shop/web: 403 }
`);
    const { tests, problemLines: problemsOf } = planOf(shop, text);
    assert.deepEqual(problemsOf, []);
    assert.deepEqual(
      tests.cases.map(({ it, from, request, expect, line }) => [it, from, request.method, expect.status?.[0], line]),
      [
        ["lets only the shop in: GET / from shop/web", "shop/web", "GET", 200, 6],
        ["lets only the shop in: GET / from outside", "outside", "GET", 403, 6],
        ["lets only the shop in: DELETE / from shop/web", "shop/web", "DELETE", 403, 7],
      ],
    );
  });

  it("may be testCases of istio-config-validator", () => {
    const manifests = `${shop}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec: { hosts: [www.example.com], gateways: [shop/edge], http: [{ route: [{ destination: { host: web } }] }] }
`;
    const { tests } = planOf(manifests, "");
    assert.equal(tests.cases.length, 0);
    const text = `testCases:
  - description: users
    wantMatch: true
    request: { authority: [www.example.com], method: [GET, POST], uri: [/users], headers: { x-user: a } }
    route: [{ destination: { host: web.shop.svc.cluster.local } }]
`;
    const { cases } = inputOf(`${manifests}`).tests;
    assert.deepEqual(cases, []);
    const foreign = inputOf(text).tests.cases;
    assert.deepEqual(
      foreign.map(({ it, request, expect }) => [it, request.method, expect.by]),
      [
        ["users: GET www.example.com/users", "GET", ["shop/web"]],
        ["users: POST www.example.com/users", "POST", ["shop/web"]],
      ],
    );
    const redirect = (more: string) => `testCases:
  - description: partner
    request: { authority: [www.example.com], method: [GET], uri: [/partner] }
    ${more}
`;
    const expected = (more: string) => inputOf(redirect(more)).tests.cases.map(({ expect }) => expect);
    assert.deepEqual(
      [
        ...expected("redirect: { uri: /, authority: partner.example.com }"),
        ...expected("redirect: { authority: new.example.com }"),
        ...expected("wantMatch: false\n    redirect: { uri: / }"),
        ...expected("wantMatch: false"),
      ],
      [
        { status: [301], location: "http://partner.example.com/" },
        { status: [301], location: "http://new.example.com/partner" },
        { notLocation: "http://www.example.com/" },
        { status: [404] },
      ],
    );
  });

  it("are refused for a revision that injects no sidecar, with the labels that do", () => {
    const text = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio.io/rev: canary } }
---
apiVersion: v1
kind: Namespace
metadata: { name: other, labels: { istio.io/rev: stable } }
`;
    const { manifests } = inputOf(text);
    assert.deepEqual(revisionProblems(manifests.objects, ["default", "stable"]), [
      {
        file: "mesh.yaml",
        line: 3,
        message:
          "Namespace shop has istio.io/rev: canary, which injects no sidecar here; allowed: default, stable, or istio-injection: enabled on the namespace",
      },
    ]);
  });
});
