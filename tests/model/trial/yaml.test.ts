import assert from "node:assert/strict";
import { inputOf, planOf, shop } from "./files";

const one = "cases: [{ it: i, from: shop/page, request: http://web/, expect: 200 }]";
const told = (manifests: string, tests = one) => planOf(manifests, tests).problemLines;

describe("the YAML of manifests", () => {
  it("is read as kubectl reads it: merges, octal numbers, words for true and false, and no times", () => {
    const rule = `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: shop }
spec:
  host: &host web.shop.svc.cluster.local
  trafficPolicy: &policy { tls: { mode: ISTIO_MUTUAL } }
  subsets: [{ name: *host, trafficPolicy: { <<: *policy, loadBalancer: { simple: RANDOM } } }]
  words: [yes, off, "yes", 0644, 1:30, 2026-01-01]
`;
    const spec = inputOf(shop + rule, one).manifests.objects.at(-1)?.spec;
    assert.deepEqual(spec.subsets[0].trafficPolicy, {
      tls: { mode: "ISTIO_MUTUAL" },
      loadBalancer: { simple: "RANDOM" },
    });
    assert.deepEqual(spec.words, [true, false, "yes", 420, "1:30", "2026-01-01"]);
  });

  it("may not have an alias without an anchor, nor aliases that grow into any size", () => {
    assert.deepEqual(told(`${shop}---\nkind: Service\nspec: *nothing\n`), [
      "mesh.yaml:11: not YAML: alias *nothing has no anchor &nothing before it",
    ]);
    const wide = (to: string) => `[${Array.from({ length: 12 }, () => `*${to}`).join(", ")}]`;
    const bomb = `---\na: &a [1]\nb: &b ${wide("a")}\nc: &c ${wide("b")}\nd: &d ${wide("c")}\ne: ${wide("d")}\n`;
    assert.match(told(shop + bomb)[0] ?? "", /^mesh\.yaml:10: not YAML: its aliases repeat too much/);
  });

  it("may begin with a byte order mark, have CRLF, empty documents and lists of one kind", () => {
    const list = `---
apiVersion: networking.istio.io/v1
kind: VirtualServiceList
items:
  - apiVersion: networking.istio.io/v1beta1
    kind: VirtualService
    metadata: { name: web, namespace: shop }
    spec: { hosts: [web], http: [{ route: [{ destination: { host: web } }] }] }
`;
    const text = `\ufeff---\n---\n# nothing\n---\n${shop}${list}`.replaceAll("\n", "\r\n");
    assert.deepEqual(told(text), []);
    const { objects } = inputOf(text, one).manifests;
    assert.deepEqual(
      objects.map(({ kind, $ }) => `${kind} ${$.place.line}`),
      ["Namespace 5", "Service 9", "VirtualService 17"],
    );
  });

  it("may not have tabs, keys that stand twice, names that are no text, or generateName", () => {
    const object = (metadata: string) => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: ${metadata}\n`;
    assert.match(told(`${shop}---\nkind:\n\t- a\n`)[0] ?? "", /^mesh\.yaml:11: not YAML: Tabs are not allowed/);
    assert.match(
      told(`${shop}---\nkind: a\nkind: b\n`)[0] ?? "",
      /^mesh\.yaml:11: not YAML: key kind stands twice in one mapping/,
    );
    assert.deepEqual(told(shop + object("{ name: a, namespace: n }") + object("{ generateName: web- }")), [
      "mesh.yaml:12: metadata.namespace = false must be a text: kubectl reads y, n, yes, no, on and off as true or false; put it in quotes",
      "mesh.yaml:16: metadata.name is missing: a run needs names by which the next one finds its objects, and generateName makes new ones",
    ]);
  });

  it("may be a mapping with many keys, which is read in seconds", () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `  key-${i}: value\n`).join("");
    assert.deepEqual(told(`${shop}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n${keys}`), []);
  }).timeout(20_000);

  it("of tests is YAML 1.2, in which yes is a text", () => {
    const tests = `cases:
  - { it: i, from: shop/page, request: http://web/, expect: &a { requestHeaders: { x-routed: yes } } }
  - { it: j, from: shop/page, request: http://web/, expect: { <<: *a, status: 200 } }
`;
    const read = planOf(shop, tests);
    assert.deepEqual(read.problemLines, []);
    assert.deepEqual(read.tests.cases[1]?.expect, { requestHeaders: { "x-routed": "yes" }, status: [200] });
  });
});
