import assert from "node:assert/strict";
import { injectorOf } from "../../../model/mesh/injection";
import { istiodOf, meshVersions, revisionOf, type UpgradeStage, upgradeStages } from "../../../model/mesh/revisions";
import { type RevisionTag, tagConfiguration, tags, validatorConfiguration } from "../../../model/mesh/tags";
import { compareVersions, minorNumber, minorOf } from "../../../model/mesh/versions";

const [running, next] = ["1.30.3", "1.31.0-rc.0"];
const at = (nextIstioStage: UpgradeStage, nextIstioVersion = next) =>
  meshVersions({ istioVersion: running, nextIstioVersion, nextIstioStage });

describe("revisions of Istio", () => {
  it("are named by their version, without dots", () => {
    assert.equal(revisionOf("1.30.3"), "1-30-3");
    assert.equal(revisionOf("1.31.0-rc.0"), "1-31-0-rc-0");
    assert.equal(istiodOf("1.31.0-rc.0"), "istiod-1-31-0-rc-0");
  });

  it("are one for every part without a next version, whatever the stage", () => {
    for (const stage of upgradeStages)
      assert.deepEqual(at(stage, "none"), {
        base: running,
        istiods: [running],
        gateway: running,
        app: running,
        default: running,
      });
  });

  it("change part by part: CRDs, control plane, gateway, app, default", () => {
    const moved = upgradeStages.map((stage) => {
      const { base, istiods, gateway, app, default: preset } = at(stage);
      return [base, istiods.at(-1), gateway, app, preset].filter((version) => version === next).length;
    });
    assert.deepEqual(moved, [1, 2, 3, 4, 5]);
  });

  it("keep the running control plane beside the next one at every stage, and let no tag name one that is not installed", () => {
    for (const stage of upgradeStages) {
      const { istiods, gateway, app, default: preset } = at(stage);
      assert.equal(istiods[0], running);
      for (const version of [gateway, app, preset]) assert.ok(istiods.includes(version), `${stage}: ${version}`);
    }
  });
});

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}
type Labels = Readonly<Record<string, string>>;

/** True if labels meet requirements, as the API server compares them. */
const meets = (labels: Labels, requirements: readonly Requirement[]): boolean =>
  requirements.every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === "In") return value !== undefined && values.includes(value);
    if (operator === "NotIn") return value === undefined || !values.includes(value);
    return operator === "Exists" ? value !== undefined : value === undefined;
  });

/** Tags whose webhooks take a pod. */
const injectedBy = (namespace: Labels, pod: Labels): string[] =>
  (Object.keys(tags) as RevisionTag[]).filter((tag) =>
    tagConfiguration(tag, running).webhooks.some(
      ({ namespaceSelector, objectSelector }) =>
        meets(namespace, namespaceSelector.matchExpressions) && meets(pod, objectSelector.matchExpressions),
    ),
  );

describe("the tags' webhooks", () => {
  for (const [title, namespace, pod, injector] of [
    ["take pods of a namespace that names the tag", { "istio.io/rev": "stable" }, {}, "stable"],
    [
      "leave a namespace with both labels to the default control plane: istio-injection beats istio.io/rev",
      { "istio-injection": "enabled", "istio.io/rev": "stable" },
      {},
      "default",
    ],
    [
      "leave out a namespace with both labels whose istio-injection is disabled",
      { "istio-injection": "disabled", "istio.io/rev": "stable" },
      {},
      undefined,
    ],
    ["take pods of a namespace that was labelled before revisions", { "istio-injection": "enabled" }, {}, "default"],
    ["take a pod that names the tag itself", {}, { "istio.io/rev": "stable" }, "stable"],
    [
      "take a pod that names the tag and asks for a sidecar only once",
      {},
      { "istio.io/rev": "stable", "sidecar.istio.io/inject": "true" },
      "stable",
    ],
    ["take a pod that asks for a sidecar", {}, { "sidecar.istio.io/inject": "true" }, "default"],
    [
      "leave out a pod that rejects a sidecar",
      { "istio.io/rev": "stable" },
      { "sidecar.istio.io/inject": "false" },
      undefined,
    ],
    ["leave out a pod that says nothing", {}, {}, undefined],
  ] as const)
    it(title, () => {
      assert.deepEqual(injectedBy(namespace, pod), injector === undefined ? [] : [injector]);
      assert.equal(injectorOf(namespace, pod), injector);
    });

  it("lead to the control plane of the version, which recognizes them by its revision", () => {
    for (const { metadata, webhooks } of [tagConfiguration("stable", next), validatorConfiguration(next)]) {
      assert.equal(metadata.labels["istio.io/rev"], "1-31-0-rc-0");
      for (const { clientConfig } of webhooks) assert.equal(clientConfig.service.name, "istiod-1-31-0-rc-0");
    }
  });

  it("have no CA bundle and no failure policy of the validation of their own, which istiod keeps", () => {
    assert.doesNotMatch(JSON.stringify(tagConfiguration("default", next)), /caBundle/);
    assert.doesNotMatch(JSON.stringify(validatorConfiguration(next)), /caBundle|failurePolicy/);
  });
});

describe("versions", () => {
  it("have a minor, whatever stands before and behind it", () => {
    assert.deepEqual(["1.30.3", "v1.34.4-k3s1", "1.31.0-rc.0"].map(minorOf), ["1.30", "1.34", "1.31"]);
    assert.equal(minorNumber("v1.34.4-k3s1"), 34);
  });

  it("are ordered by number, with a pre-release before its release", () => {
    const order = ["1.30.10", "1.31.0-alpha.1", "1.31.0-rc.2", "1.31.0-rc.10", "1.31.0", "1.31.1"];
    assert.deepEqual([...order].reverse().sort(compareVersions), order);
  });
});
