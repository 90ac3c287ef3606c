import assert from "node:assert/strict";
import { failedRequests, noCounts } from "../../../model/canary/evidence";
import { callsOf, callsSince } from "../../../model/upgrade/calls";
import {
  type ProxyPod,
  pinnedTo,
  proxiesByVersion,
  proxiesOfOtherVersion,
  proxyVersion,
  withBothLabels,
} from "../../../model/upgrade/proxies";
import { judgeStep, unfitReason } from "../../../model/upgrade/verdict";

const pod = (namespace: string, image: string | undefined, more: Partial<ProxyPod["metadata"]> = {}): ProxyPod => ({
  metadata: { name: "a", namespace, ...more },
  spec: {
    containers: [{ name: "app", image: "app:1" }],
    ...(image && { initContainers: [{ name: "istio-proxy", image }] }),
  },
  status: { phase: "Running" },
});

describe("proxies", () => {
  it("have the version of their image's tag, as a container or a native sidecar", () => {
    assert.equal(proxyVersion(pod("a", "docker.io/istio/proxyv2:1.30.3")), "1.30.3");
    assert.equal(proxyVersion(pod("a", "host:5000/istio/proxyv2:1.31.0-rc.0@sha256:ab")), "1.31.0-rc.0");
    assert.equal(proxyVersion({ spec: { containers: [{ name: "istio-proxy", image: "proxyv2:1.2.3" }] } }), "1.2.3");
    assert.equal(proxyVersion(pod("a", undefined)), undefined);
  });

  it("are counted by version without pods that end", () => {
    const pods = [
      pod("a", "proxyv2:1.30.3"),
      pod("b", "proxyv2:1.31.0"),
      pod("b", "proxyv2:1.31.0"),
      pod("b", "proxyv2:1.30.3", { deletionTimestamp: "now" }),
      pod("c", undefined),
    ];
    assert.deepEqual(proxiesByVersion(pods), { "1.30.3": 1, "1.31.0": 2 });
    assert.deepEqual(
      proxiesOfOtherVersion(pods, "1.31.0", () => true),
      ["a/a 1.30.3"],
    );
    assert.deepEqual(
      proxiesOfOtherVersion(pods, "1.31.0", (namespace) => namespace === "b"),
      [],
    );
  });

  it("of a namespace with both labels follow istio-injection, and a message names that namespace", () => {
    const named = (name: string, labels: Record<string, string>) => ({ metadata: { name, labels } });
    const all = [
      named("both", { "istio-injection": "enabled", "istio.io/rev": "stable" }),
      named("one", { "istio.io/rev": "1-30-3" }),
      named("tag", { "istio.io/rev": "stable" }),
      { metadata: { name: "none" } },
    ];
    assert.deepEqual(withBothLabels(all), ["both"]);
    assert.deepEqual(pinnedTo(all, "1.30.3"), ["one"]);
  });
});

describe("calls between pods", () => {
  it("are counted from pairs of a count and a status, without a line that is cut off", () => {
    const counts = callsOf("     50 200 \n      1 000      2 404     47 503 \n     5");
    assert.equal(counts.requests, 100);
    assert.deepEqual([counts.noAnswer, counts.clientErrors, counts.serverErrors], [1, 2, 47]);
    assert.equal(failedRequests(counts), 48);
    assert.deepEqual(callsOf(""), noCounts);
  });

  it("are those since the last reading, and all of them after a restart", () => {
    const [before, now] = [callsOf("50 200 \n"), callsOf("50 200 \n49 200 1 503 \n")];
    assert.deepEqual(callsSince(before, now), callsOf("49 200 1 503 \n"));
    assert.deepEqual(callsSince(now, before), before);
  });
});

describe("the requests of a step", () => {
  const counts = (requests: number, serverErrors: number) => ({ ...noCounts, requests, serverErrors, timed: requests });
  const requests = (ingress: number, failedIngress: number, mesh = 1500, failedMesh = 0) => ({
    ingress: counts(ingress, failedIngress),
    mesh: counts(mesh, failedMesh),
  });
  const good = requests(2000, 0);

  it("pass if as few fail as before, and one lost request does not take an upgrade back", () => {
    assert.deepEqual(judgeStep(good, requests(6000, 0)), {
      outcome: "pass",
      reason: "failed requests: 0 of 6000 through the ingress gateway, 0 of 1500 between pods",
    });
    assert.equal(judgeStep(good, requests(6000, 1)).outcome, "pass");
  });

  it("fail if surely more fail than before, on one of the two ways", () => {
    assert.equal(judgeStep(good, requests(6000, 300)).outcome, "fail");
    assert.equal(judgeStep(good, requests(6000, 0, 1500, 300)).outcome, "fail");
  });

  it("are not enough while one of the ways was hardly measured", () => {
    assert.equal(judgeStep(good, requests(6000, 0, 20)).outcome, "insufficient");
    assert.equal(judgeStep(good, requests(0, 0)).outcome, "insufficient");
  });

  it("are compared with an app that failed before, too", () => {
    const before = requests(2000, 4);
    assert.equal(judgeStep(before, requests(8000, 16)).outcome, "pass");
    assert.match(judgeStep(before, requests(8000, 16)).reason, /; before the upgrade, failed requests: 4 of 2000/);
  });

  it("are refused before the first step if the app does not answer", () => {
    assert.equal(unfitReason(good), undefined);
    assert.match(
      unfitReason(requests(2000, 1000)) ?? "",
      /^the app does not answer before the upgrade: .* 1000 of 2000/,
    );
    assert.match(unfitReason(requests(2000, 0, 0)) ?? "", /0 of 0 between pods$/);
  });
});
