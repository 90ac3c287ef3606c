import assert from "node:assert/strict";
import { failures, noCounts } from "../../model/canary/evidence";
import { meshVersions, stages } from "../../model/mesh/revisions";
import { minorNumber, minorOf, supportedIstio } from "../../model/mesh/versions";
import { forNpm, write } from "../../model/output/remedy";
import { parseSettings } from "../../model/settings/parse";
import { callsOf, callsSince } from "../../model/upgrade/calls";
import { changesOf, type KeyChange, toStage, withoutNext } from "../../model/upgrade/configuration";
import { planText, refusal, steps } from "../../model/upgrade/plan";
import {
  type ProxyPod,
  pinnedTo,
  proxiesByVersion,
  proxiesOfOtherVersion,
  proxyVersion,
  withBothLabels,
} from "../../model/upgrade/proxies";
import { judgeStep, unfit } from "../../model/upgrade/verdict";
import versions from "../../versions.json";

const minors = Object.keys(supportedIstio);
const [first = "", second = "", third = ""] = minors;
const running = `${first}.3`;
const plan = { from: running, to: `${second}.1` };
const kubernetes = `v${supportedIstio[second]?.kubernetes.at(-1)}.1`;

describe("the version of an upgrade", () => {
  const why = (to: string, proxies: readonly string[] = [running], of = kubernetes, from = running) => {
    const text = refusal(to, { running: from, proxies, kubernetes: of });
    return text && write(text, forNpm());
  };

  it("may be a newer patch, an older patch, and one or two minors newer", () => {
    for (const to of [`${first}.9`, `${first}.1`, `${second}.0`, `${second}.0-rc.0`, `${third}.0`])
      assert.equal(why(to, [running], `v${supportedIstio[third]?.kubernetes[0]}.1`), undefined, to);
  });

  it("is refused if it is not exact, not supported, or installed already", () => {
    for (const to of [second, "latest", "2.0.0", `v${second}.0`])
      assert.match(why(to) ?? "", /must be an exact version/);
    assert.match(
      why(running) ?? "",
      /must be another version than the installed one; fix: npm run versions lists them$/,
    );
  });

  it("is refused below the minor of a proxy, with the reason", () => {
    const text = why(`${first}.9`, [`${second}.0`, `${first}.3`], kubernetes, `${first}.3`) ?? "";
    assert.match(
      text,
      /of an older minor than the proxies, of which some have \S+: Istio does not support proxies that are newer/,
    );
    assert.match(text, new RegExp(`fix: a version of ${second},`));
  });

  it("is refused more than two minors above a proxy that was not restarted", () => {
    const old = `1.${minorNumber(third) - 3}.0`;
    assert.match(
      why(`${third}.0`, [old]) ?? "",
      new RegExp(`at most 2 minors newer than the oldest proxy, which has ${old}`),
    );
  });

  it("is refused for a Kubernetes that it does not support", () => {
    assert.match(
      why(`${second}.0`, [running], "v1.20.0") ?? "",
      /supports Kubernetes .*, and the cluster runs v1\.20\.0/,
    );
  });

  it("ignores proxies whose tag is no version", () => {
    assert.equal(why(`${second}.0`, ["latest", running]), undefined);
  });
});

describe("the steps of an upgrade", () => {
  it("are shown in their order, each with its effect", () => {
    const lines = planText(plan).split("\n");
    assert.equal(lines[0], `Istio ${plan.from} to ${plan.to}:`);
    assert.deepEqual(
      lines.slice(1, 1 + steps.length).map((line) => line.trim().split(/\s+/)[1]),
      ["crds", "istiod", "canary", "gateway", "app", "default", "finish"],
    );
  });

  it("reach every stage of the configuration in its order", () => {
    assert.deepEqual(
      steps.flatMap(({ stage }) => stage ?? []),
      stages,
    );
  });

  /** Settings after a change. Fails if one of the changes on the way leaves a wrong configuration. */
  function apply(config: Record<string, string>, changes: readonly KeyChange[]) {
    for (const [key, value] of changes) {
      if (value === undefined) delete config[key];
      else config[key] = value;
      assert.ok(parseSettings(config).settings, JSON.stringify(config));
    }
    const { settings } = parseSettings(config);
    assert.ok(settings);
    return meshVersions(settings);
  }

  it("leave a valid configuration after each single key, and end with the new version alone", () => {
    const config: Record<string, string> = { istioVersion: plan.from };
    const all = steps.map((step) => apply(config, changesOf(plan, step)));
    assert.deepEqual(config, { istioVersion: plan.to });
    assert.deepEqual(all.at(-1)?.istiods, [plan.to]);
    const last = all.at(-2);
    assert.deepEqual([last?.gateway, last?.app, last?.default], [plan.to, plan.to, plan.to]);
  });

  it("can be taken back at each stage by valid configurations", () => {
    for (const [index] of stages.entries()) {
      const config: Record<string, string> = { istioVersion: plan.from };
      for (const step of steps)
        if (step.stage && stages.indexOf(step.stage) <= index) apply(config, changesOf(plan, step));
      apply(config, [toStage("istiod"), ...withoutNext]);
      assert.deepEqual(config, { istioVersion: plan.from });
    }
  });
});

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

  it("of a namespace with both labels follow istio-injection, which is said", () => {
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
    assert.equal(failures(counts), 48);
    assert.deepEqual(callsOf(""), noCounts);
  });

  it("are those since the last look, and all of them after a restart", () => {
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
    assert.equal(unfit(good), undefined);
    assert.match(unfit(requests(2000, 1000)) ?? "", /^the app does not answer before the upgrade: .* 1000 of 2000/);
    assert.match(unfit(requests(2000, 0, 0)) ?? "", /0 of 0 between pods$/);
  });
});

describe("versions.json", () => {
  it("has the pinned versions among the supported ones, and they go together", () => {
    const works = supportedIstio[minorOf(versions.istio)];
    assert.ok(works?.kubernetes.includes(minorOf(versions.k3s)));
    assert.ok(versions.supported.metallb.includes(minorOf(versions.metallb)));
  });
});
