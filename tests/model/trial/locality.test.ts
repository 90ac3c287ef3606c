import assert from "node:assert/strict";
import { planOf, shop } from "./files";

/** A Deployment whose pods the user's nodes choose. */
const workload = (name: string, spec: string, labels = ""): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: web, version: ${name} } }
  template:
    metadata: { labels: { app: web, version: ${name}${labels} } }
    spec: { ${spec}, containers: [{ name: web, image: shop/web }] }
`;
const east = "nodeSelector: { topology.kubernetes.io/region: europe, topology.kubernetes.io/zone: europe-east }";
const fromEast = "cases: [{ it: i, from: shop/east, request: http://web/, expect: 200 }]";

describe("the locality of a stand-in", () => {
  it("is that of the nodes which the workload selects, also for a caller", () => {
    const { plan, problemLines: told } = planOf(shop + workload("east", east), fromEast);
    assert.deepEqual(told, []);
    assert.equal(plan.standIns[0]?.labels["istio-locality"], "europe.europe-east");
    assert.deepEqual(plan.callers[0]?.standIn, "shop/web/east");
    const pod = plan.objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "east");
    assert.equal(pod?.spec.template.metadata.labels["istio-locality"], "europe.europe-east");
    assert.equal(pod?.spec.template.spec.nodeSelector, undefined);
  });

  it("is listed, and so is a placement that a run leaves out", () => {
    const did = (spec: string) =>
      planOf(shop + workload("east", spec)).plan.substitutions.find(({ object }) => object.startsWith("Deployment"))
        ?.did;
    const replaced = "its containers and volumes are replaced by the stand-in container `trial`";
    assert.equal(
      did(east),
      `${replaced}; its nodeSelector is replaced by the label istio-locality: europe.europe-east, from which Istio knows its locality`,
    );
    assert.equal(
      did("nodeSelector: { disk: fast }, tolerations: [{ operator: Exists }]"),
      `${replaced}; nodeSelector and tolerations are left out`,
    );
    assert.equal(did("nodeSelector: { topology.kubernetes.io/zone: a }"), `${replaced}; nodeSelector is left out`);
  });

  it("is that of a label which the pods have themselves", () => {
    const labelled = workload("east", east, ", istio-locality: asia.a");
    assert.equal(planOf(shop + labelled).plan.standIns[0]?.labels["istio-locality"], "asia.a");
  });
});
