import assert from "node:assert/strict";
import { readInput } from "../../../model/trial/input";
import { revisionProblems, sizeProblems } from "../../../model/trial/manifests/rules";
import { problemLines, type Source } from "../../../model/trial/manifests/source";
import { makePlan } from "../../../model/trial/plan";
import { planOf, shop } from "./files";

/** Every problem of some files, as a run reports them before it applies anything. */
function problemsOf(sources: readonly Source[]): string[] {
  const { manifests, tests, problems } = readInput(sources);
  const args = { stack: "dev", image: "node:22", programs: {}, jwks: "{}" };
  const { problems: more } = makePlan(manifests, tests, args);
  const size = sizeProblems("mesh", manifests.objects, tests);
  return problemLines([...problems, ...more, ...size, ...revisionProblems(manifests.objects, ["default"])]);
}

const service = (name: string, namespace: string): string => `---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
`;

describe("files with every kind of mistake", () => {
  it("are refused with file and line of all of them at once", () => {
    const mesh = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio.io/rev: canary } }
${service("web", "shop")}${service("web", "shop")}${service("odd", "kube-system")}---
apiVersion: networking.istio.io/v1
kind: VirtualServce
metadata: { name: web, namespace: shop }
---
apiVersion: v1
kind: Service
metadata: { namespace: shop }
`;
    const tests = `callers:
  nowhere: { sidecar: true }
  wrong: null
cases:
  - { it: has a caller that does not exist, from: Stranger, request: http://web.shop/, expect: 200 }
  - { it: has no expectation, from: shop/page, request: http://web.shop/ }
  - { it: names an unknown workload, from: shop/page, request: http://web/, expect: { by: wbe } }
  - { it: has an unknown key, from: shop/page, request: http://web/, expects: 200 }
`;
    const broken = "apiVersion: v1\nkind: [Service\n";
    const all = problemsOf([
      { file: "broken.yaml", text: broken },
      { file: "mesh.yaml", text: mesh },
      { file: "mesh.test.yaml", text: tests },
    ]);
    const wanted = [
      /^broken\.yaml:3: not YAML: /,
      /^mesh\.test\.yaml:3: wrong = null must be a mapping/,
      /^mesh\.test\.yaml:2: caller nowhere needs namespace, or gateway/,
      /^mesh\.test\.yaml:5: caller Stranger does not exist; allowed: outside, NAMESPACE\/SERVICEACCOUNT, nowhere/,
      /^mesh\.test\.yaml:6: expect is missing in case/,
      /^mesh\.test\.yaml:7: workload wbe does not exist; there are: shop\/web, kube-system\/odd, outside/,
      /^mesh\.test\.yaml:8: key expects is unknown in case; did you mean expect\?/,
      /^mesh\.yaml:3: Namespace shop has istio\.io\/rev: canary, which injects no sidecar here; allowed: default/,
      /^mesh\.yaml:10: Service shop\/web stands already in mesh\.yaml:5/,
      /^mesh\.yaml:17: Service kube-system\/odd lies in kube-system, which belongs to the environment/,
      /^mesh\.yaml:21: kind VirtualServce does not exist in networking\.istio\.io\/v1; did you mean VirtualService\?/,
      /^mesh\.yaml:\d+: metadata\.name is missing$/,
    ];
    for (const pattern of wanted)
      assert.ok(
        all.some((line) => pattern.test(line)),
        `${pattern} in\n${all.join("\n")}`,
      );
  });

  it("are refused for their callers, workloads and expectations together", () => {
    const tests = `cases:
  - { it: has a caller that does not exist, from: Stranger, request: http://web.shop/, expect: 200 }
  - { it: has no expectation, from: shop/page, request: http://web.shop/ }
  - { it: names an unknown workload, from: shop/page, request: http://web/, expect: { by: wbe } }
  - { it: is no URL, from: shop/page, request: web, expect: 200 }
`;
    const all = problemsOf([
      { file: "mesh.yaml", text: service("web", "shop") },
      { file: "mesh.test.yaml", text: tests },
    ]);
    const wanted = [
      /^mesh\.test\.yaml:2: caller Stranger does not exist; allowed: outside, NAMESPACE\/SERVICEACCOUNT/,
      /^mesh\.test\.yaml:3: expect is missing in case/,
      /^mesh\.test\.yaml:4: workload wbe does not exist; there are: shop\/web, outside/,
      /^mesh\.test\.yaml:5: url = "web" must begin with http, https, grpc, grpcs, ws, wss or tcp/,
    ];
    for (const pattern of wanted)
      assert.ok(
        all.some((line) => pattern.test(line)),
        `${pattern} in\n${all.join("\n")}`,
      );
  });

  it("are refused without a case, and may hold 500 objects", () => {
    assert.deepEqual(problemsOf([{ file: "mesh.yaml", text: service("web", "shop") }]), [
      "mesh:1: no case: write one into a file named *.test.yaml, see docs/try.md",
    ]);
    const rule = (i: number) => `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: route-${i}, namespace: shop }
spec: { hosts: [host-${i}.example.com], http: [{ route: [{ destination: { host: web } }] }] }
`;
    const many = [service("web", "shop"), ...Array.from({ length: 500 }, (_, i) => rule(i))].join("");
    const tests = "cases: [{ it: answers, from: shop/page, request: http://web/, expect: 200 }]\n";
    assert.deepEqual(
      problemsOf([
        { file: "mesh.yaml", text: many },
        { file: "mesh.test.yaml", text: tests },
      ]),
      [],
    );
  });

  it("are refused where lists and mappings are confused, with every line, and never end in a stack trace", () => {
    const istio = (kind: string, spec: string): string =>
      `---\napiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: { name: ${kind.toLowerCase()}, namespace: shop }\nspec: ${spec}\n`;
    const { problemLines: told } = planOf(
      shop +
        istio("VirtualService", "{ hosts: web, http: [{ route: web }] }") +
        istio("ServiceEntry", "{ hosts: [a.example.com], ports: 80, resolution: DNS, endpoints: z }") +
        istio("Gateway", "[]") +
        "---\napiVersion: v1\nkind: Service\nmetadata: { name: api, namespace: shop }\nspec: { selector: x, ports: v }\n",
      "cases: [{ it: i, from: shop/page, request: http://web/, expect: 200 }]",
    );
    assert.deepEqual(told, [
      'mesh.yaml:13: spec.hosts = "web" must be a list',
      'mesh.yaml:13: spec.http.0.route = "web" must be a list of mappings',
      "mesh.yaml:18: spec.ports = 80 must be a list of mappings",
      'mesh.yaml:18: spec.endpoints = "z" must be a list of mappings',
      "mesh.yaml:23: spec must be a mapping",
      'mesh.yaml:28: spec.ports = "v" must be a list of mappings',
      'mesh.yaml:28: spec.selector = "x" must be a mapping',
    ]);
  });

  it("are refused for namespaces that cannot be, templates of Helm, ports and headers", () => {
    const named = (metadata: string): string =>
      `${shop}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { ${metadata} }\n`;
    const problem = (manifests: string, request = "http://web/") =>
      planOf(manifests, `cases: [{ it: i, from: shop/page, request: ${request}, expect: 200 }]`).problemLines.join();
    assert.match(problem(named("name: c, namespace: Shop_1")), /metadata\.namespace = "Shop_1" must be lower-case/);
    assert.match(problem(named("namespace: shop")), /metadata\.name is missing/);
    assert.match(
      problem(named("name: {{ .Values.name }}")),
      /metadata\.name must be a text; templates of Helm must be/,
    );
    assert.match(problem(`${shop}---\n{{- if .Values.x }}\na: b\n{{- end }}\n`), /not YAML: .*; templates of Helm/);
    assert.match(problem(shop, "http://web:99999/"), /has port 99999; allowed: 1 to 65535/);
    assert.match(problem(shop, '{ url: http://web/, headers: { "a b": x } }'), /header "a b" is not allowed/);
    assert.match(problem(shop, "{ url: http://web/, timeout: 300s }"), /timeout = "300s" must be .* at most 120 s/);
    assert.match(problem(shop, "{ url: http://web/, timeout: 0ms }"), /timeout = "0ms" must be more than 0 s/);
  });

  it("are refused for a caller whose gateway does not exist, with those that do", () => {
    const callers = "callers: { door: { gateway: shop/doro }, ours: { gateway: istio-system/ingressgateway } }";
    const cases = (from: string) =>
      `${callers}\ncases: [{ it: i, from: ${from}, request: http://web.shop/, expect: 200 }]`;
    const message = "gateway shop/doro of caller door does not exist; there are: istio-system/ingressgateway";
    assert.deepEqual(planOf(shop, cases("door")).problemLines, [`mesh.test.yaml:2: ${message}`]);
    assert.deepEqual(planOf(shop, cases("ours")).problemLines, []);
  });
});
