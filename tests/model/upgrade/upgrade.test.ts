import assert from "node:assert/strict";
import { meshVersions, upgradeStages } from "../../../model/mesh/revisions";
import { minorNumber, minorOf, supportedIstio } from "../../../model/mesh/versions";
import { forNpm, writeRemedy } from "../../../model/output/remedy";
import { parseSettings } from "../../../model/settings/parse";
import { changesOf, type KeyChange, toStage, withoutNext } from "../../../model/upgrade/configuration";
import { planText, upgradeRefusal, upgradeSteps } from "../../../model/upgrade/plan";
import versions from "../../../versions.json";

const minors = Object.keys(supportedIstio);
const [first = "", second = "", third = ""] = minors;
const running = `${first}.3`;
const plan = { from: running, to: `${second}.1` };
const kubernetes = `v${supportedIstio[second]?.kubernetes.at(-1)}.1`;

describe("the version of an upgrade", () => {
  const why = (to: string, proxies: readonly string[] = [running], of = kubernetes, from = running) => {
    const text = upgradeRefusal(to, { running: from, proxies, kubernetes: of });
    return text && writeRemedy(text, forNpm());
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
  it("are shown in order, each with its effect", () => {
    const lines = planText(plan).split("\n");
    assert.equal(lines[0], `Istio ${plan.from} to ${plan.to}:`);
    assert.deepEqual(
      lines.slice(1, 1 + upgradeSteps.length).map((line) => line.trim().split(/\s+/)[1]),
      ["crds", "istiod", "canary", "gateway", "app", "default", "finish"],
    );
  });

  it("reach every stage of the configuration in its order", () => {
    assert.deepEqual(
      upgradeSteps.flatMap(({ stage }) => stage ?? []),
      upgradeStages,
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
    const all = upgradeSteps.map((step) => apply(config, changesOf(plan, step)));
    assert.deepEqual(config, { istioVersion: plan.to });
    assert.deepEqual(all.at(-1)?.istiods, [plan.to]);
    const last = all.at(-2);
    assert.deepEqual([last?.gateway, last?.app, last?.default], [plan.to, plan.to, plan.to]);
  });

  it("can be taken back at each stage by valid configurations", () => {
    for (const [index] of upgradeStages.entries()) {
      const config: Record<string, string> = { istioVersion: plan.from };
      for (const step of upgradeSteps)
        if (step.stage && upgradeStages.indexOf(step.stage) <= index) apply(config, changesOf(plan, step));
      apply(config, [toStage("istiod"), ...withoutNext]);
      assert.deepEqual(config, { istioVersion: plan.from });
    }
  });
});

describe("versions.json", () => {
  it("has the pinned versions among the supported ones, and they go together", () => {
    const works = supportedIstio[minorOf(versions.istio)];
    assert.ok(works?.kubernetes.includes(minorOf(versions.k3s)));
    assert.ok(versions.supported.metallb.includes(minorOf(versions.metallb)));
  });
});
