import assert from "node:assert/strict";
import { crdsChartFiles, decideCrds, gatewayApiChart, manifestUrl, requiredCrds } from "../../../model/mesh/gatewayApi";
import { supportedIstio } from "../../../model/mesh/versions";
import { failureText, forNpm } from "../../../model/output/remedy";

const repository = "https://files.test/gateway-api/";
const settings = {
  routing: "gateway-api",
  gatewayApiRepository: repository,
  istioVersion: "1.30.3",
  nextIstioVersion: "none",
  nextIstioStage: "istiod",
} as const;
const chart = gatewayApiChart(settings);
assert.ok(chart);

const crd = (name: string, annotations: Readonly<Record<string, string>>) => ({ metadata: { name, annotations } });
const ours = { "meta.helm.sh/release-name": "gateway-api", "meta.helm.sh/release-namespace": "istio-system" };
const bundle = (version: string) => ({ "gateway.networking.k8s.io/bundle-version": version });
const all = (annotations: Readonly<Record<string, string>>) => requiredCrds.map((name) => crd(name, annotations));
const decide = (crds: Parameters<typeof decideCrds>[1], isReleased = false) =>
  decideCrds(chart, crds, isReleased, "now");

describe("the CRDs of the Gateway API", () => {
  it("are of an exact version for each supported Istio, and follow Istio's own CRDs in an upgrade", () => {
    for (const { gatewayApi } of Object.values(supportedIstio)) assert.match(gatewayApi, /^\d+\.\d+\.\d+$/);
    const versionOf = (next: Partial<Parameters<typeof gatewayApiChart>[0]>) =>
      gatewayApiChart({ ...settings, ...next })?.version;
    assert.match(versionOf({}) ?? "", /^1\.5\./);
    assert.match(versionOf({ nextIstioVersion: "1.31.1", nextIstioStage: "crds" }) ?? "", /^1\.6\./);
    assert.equal(gatewayApiChart({ ...settings, routing: "istio" }), undefined);
  });

  it("are the standard channel of a release, at the mirror that the configuration names", () => {
    assert.equal(manifestUrl(chart), `https://files.test/gateway-api/v${chart.version}/standard-install.yaml`);
  });

  it("stay in the cluster when the release is removed, with the routes of others", () => {
    assert.match(crdsChartFiles(chart)["templates/crds.yaml"] ?? "", /helm\.sh\/resource-policy: keep/);
  });

  it("are installed if they are missing, and updated if they are of this release", () => {
    assert.deepEqual(decide([]), { install: true });
    assert.deepEqual(decide(all({ ...ours, ...bundle("v1.4.0") }), true), { install: true });
  });

  it("are installed again if somebody deleted one of them", () => {
    assert.deepEqual(decide([], true), { install: true, repair: "now" });
    assert.deepEqual(decide(all(ours).slice(1), true), { install: true, repair: "now" });
  });

  it("of another owner are used and not overwritten, also newer ones", () => {
    for (const version of ["v1.5.0", "v1.5.1", "v1.6.0", "v1.10.0"])
      assert.deepEqual(decide(all(bundle(version))), { install: false }, version);
  });

  for (const [title, crds, wanted] of [
    ["older", all(bundle("v1.4.1")), "is of version 1.4.1"],
    ["a candidate of the minimum", all(bundle("v1.5.0-rc.1")), "is of version 1.5.0-rc.1"],
    ["without a version", all({}), "is of version unknown"],
    ["incomplete", all(bundle("v1.5.1")).slice(0, 1), "is missing"],
    ["partly this stack's", [crd(requiredCrds[0], ours), crd(requiredCrds[1], bundle("v1.2.0"))], "unknown"],
  ] as const)
    it(`of another owner that are ${title} are refused, with the version that Istio needs and the commands`, () => {
      const decision = decide(crds);
      assert.ok("refused" in decision);
      const text = failureText(decision.refused, forNpm());
      assert.match(text, /^routing = "gateway-api": the cluster has CRDs/);
      assert.ok(text.includes(wanted), text);
      assert.match(
        text,
        /but Istio needs 1\.5\.0 or newer; nothing was overwritten; fix: kubectl apply --server-side -f https:\/\/files\.test\S+, then npm start; or npm run pulumi -- config set routing istio$/,
      );
    });
});
