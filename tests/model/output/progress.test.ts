import assert from "node:assert/strict";
import { partLines } from "../../../model/output/parts";
import { cliErrors, plainMessage, progressLine } from "../../../model/output/progress";
import { summary } from "../../../model/output/summary";

const urn = (type: string, name: string) => `urn:pulumi:dev::istio-on-k3d::istio-on-k3d:index:Routing$${type}::${name}`;

describe("the parts that an up changed", () => {
  const step = (component: string, seconds: number, outcome: "begun" | "done", op = "create") => ({
    op,
    urn: `urn:pulumi:dev::p::p:index:${component}$kubernetes:core/v1:Namespace::x`,
    outcome,
    seconds,
  });

  it("are one line each, with their resources and their time", () => {
    const steps = [
      step("Cluster", 0.2, "begun"),
      step("LoadBalancer", 20.4, "begun"),
      step("Cluster", 33, "done"),
      step("Cluster", 34, "done"),
      step("Cluster", 34, "done", "delete"),
      step("LoadBalancer", 36, "done", "update"),
    ];
    assert.deepEqual(partLines(steps), [
      "",
      "  part           resources             time since the start",
      "  cluster        2 created, 1 deleted    0 s to  34 s",
      "  load balancer  1 updated              20 s to  36 s",
    ]);
  });

  it("are empty if nothing changed, and leave out components and providers", () => {
    const quiet = [
      step("Cluster", 1, "done", "same"),
      { ...step("Cluster", 1, "done"), urn: "urn:pulumi:dev::p::p:index:Cluster::cluster" },
      { ...step("Cluster", 1, "done"), urn: "urn:pulumi:dev::p::p:index:Cluster$pulumi:providers:kubernetes::x" },
    ];
    assert.deepEqual(partLines(quiet), []);
  });
});

describe("progress", () => {
  it("is a line for each step that changes something, in the field's words", () => {
    const step = {
      op: "update",
      urn: urn("kubernetes:networking.istio.io/v1:VirtualService", "routing-virtualservice"),
    };
    assert.equal(
      progressLine({ ...step, outcome: "done" }, 3.4),
      "   3 s  updated          VirtualService routing-virtualservice",
    );
    assert.equal(
      progressLine({ ...step, outcome: "failed" }, 61),
      "  61 s  updating failed  VirtualService routing-virtualservice",
    );
  });

  it("has no line for unchanged resources, components and providers", () => {
    const command = urn("command:local:Command", "cluster-nodes");
    for (const [op, at] of [
      ["same", command],
      ["read", command],
      ["create", "urn:pulumi:dev::p::istio-on-k3d:index:Cluster::cluster"],
      ["create", "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev"],
      ["create", urn("pulumi:providers:kubernetes", "cluster-provider")],
    ] as const)
      assert.equal(progressLine({ op, urn: at, outcome: "begun" }, 0), undefined, `${op} ${at}`);
  });

  it("leaves colour tags and stack traces out of messages", () => {
    assert.equal(plainMessage("<{%reset%}>not ready\n    at Object.<anonymous> (/x.ts:1:1)\n<{%reset%}>"), "not ready");
  });

  it("shows each error of the CLI once, with the fix for a wrong passphrase", () => {
    assert.deepEqual(
      cliErrors("code: 255\nerror: incorrect passphrase\n stderr: x\nerror: incorrect passphrase\nerror: other"),
      [
        "incorrect passphrase; fix: set PULUMI_CONFIG_PASSPHRASE_FILE to the file that the stack was made with, .state/passphrase for npm start, and unset PULUMI_CONFIG_PASSPHRASE",
        "other",
      ],
    );
  });

  const up = {
    ingressIp: "10.44.0.239",
    urls: [{ url: "https://helloworld.a.b/", address: "127.0.0.1", port: 443, from: "this host" }],
    curl: "curl -x",
    canaryWeight: 10,
    mtlsMode: "PERMISSIVE",
    dataplane: "sidecar" as const,
    isInMesh: true,
  };

  it("ends with the addresses of the environment and commands to try", () => {
    assert.equal(
      summary(up),
      `
the environment is up: ingress 10.44.0.239, 10 % to v2, mTLS PERMISSIVE
  https://helloworld.a.b/  at 127.0.0.1, from this host

try:
  curl -x
  npm run pulumi -- config set canaryWeight 25 && npm start   # another share for v2
  npm run pulumi -- config set mtlsMode STRICT && npm start   # callers without sidecar are reset
  npm run verify                                              # every step, with what was observed
  npm run destroy                                             # leaves nothing`,
    );
  });

  for (const [what, difference, suggested] of [
    ["a weight of 25", { canaryWeight: 25 }, ["canaryWeight 50", "mtlsMode STRICT"]],
    ["STRICT", { mtlsMode: "STRICT" }, ["canaryWeight 25", "mtlsMode PERMISSIVE"]],
    ["no sidecars, where STRICT is refused", { isInMesh: false }, ["canaryWeight 25"]],
  ] as const)
    it(`suggests what changes something, with ${what}`, () => {
      const settings = [...summary({ ...up, ...difference }).matchAll(/config set (\S+ \S+)/g)].map(([, pair]) => pair);
      assert.deepEqual(settings, suggested);
    });

  it("does not report an environment as up if its app does not answer", () => {
    assert.match(
      summary({ ...up, silent: "it answers 503" }),
      /^\nthe app does not answer from this host: it answers 503; npm run verify shows what does\nthe environment is made: ingress 10/,
    );
  });
});
