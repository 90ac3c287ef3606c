import assert from "node:assert/strict";
import { cliErrors, plainMessage, progressLine } from "../../model/progress";
import { summary } from "../../model/summary";

const urn = (type: string, name: string) => `urn:pulumi:dev::istio-on-k3d::istio-on-k3d:index:Routing$${type}::${name}`;

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

  it("is silent about what stays, what groups others, and providers", () => {
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

  it("leaves colour marks and stack traces out of messages", () => {
    assert.equal(plainMessage("<{%reset%}>not ready\n    at Object.<anonymous> (/x.ts:1:1)\n<{%reset%}>"), "not ready");
  });

  it("says each error of the CLI once, with what to do about a wrong passphrase", () => {
    assert.deepEqual(
      cliErrors("code: 255\nerror: incorrect passphrase\n stderr: x\nerror: incorrect passphrase\nerror: other"),
      [
        "incorrect passphrase; fix: set PULUMI_CONFIG_PASSPHRASE_FILE to the file that the stack was made with, .state/passphrase for npm start, and unset PULUMI_CONFIG_PASSPHRASE",
        "other",
      ],
    );
  });

  it("ends with where the environment is and what to try", () => {
    const urls = [{ url: "https://helloworld.a.b/", address: "127.0.0.1", port: 443, from: "this host" }];
    const text = summary({ ingressIp: "10.44.0.239", urls, curl: "curl -x", canaryWeight: 10, mtlsMode: "STRICT" });
    assert.match(text, /^the environment is up: ingress 10\.44\.0\.239, 10 % to v2, mTLS STRICT$/m);
    assert.match(text, /^ {2}https:\/\/helloworld\.a\.b\/ {2}at 127\.0\.0\.1, from this host$/m);
    assert.match(text, /^ {2}curl -x$/m);
  });

  it("does not call up what does not answer", () => {
    const text = summary({
      ingressIp: "a",
      urls: [],
      curl: "",
      canaryWeight: 10,
      mtlsMode: "STRICT",
      silent: "it answers 503",
    });
    assert.match(
      text,
      /^\nthe app does not answer from this host: it answers 503; npm run verify shows what does\nthe environment is made: ingress a,/,
    );
  });
});
