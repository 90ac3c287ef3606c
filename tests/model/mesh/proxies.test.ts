import assert from "node:assert/strict";
import { compareSync, isBefore, pushOf, staleKinds } from "../../../model/mesh/proxies";

const inSync = (proxy: string) => ({
  cluster_id: "Kubernetes",
  proxy,
  istio_version: "1.30.3",
  cluster_sent: "c1",
  cluster_acked: "c1",
  listener_sent: "l1",
  listener_acked: "l1",
});
const [gateway, pod] = ["istio-ingressgateway-1.istio-system", "helloworld-v1-1.helloworld"];

describe("proxies", () => {
  it("are in sync when each has acknowledged what it was sent", () => {
    assert.deepEqual(compareSync([gateway, pod], [inSync(gateway), inSync(pod)]), {
      passed: true,
      evidence: "2 of 2 proxies in sync with istiod",
    });
  });

  it("lack what they were sent and have not acknowledged", () => {
    assert.deepEqual(staleKinds({ ...inSync(pod), listener_sent: "l2", route_sent: "r1", endpoint_sent: "" }), [
      "listener",
      "route",
    ]);
    const { passed, evidence } = compareSync([pod], [{ ...inSync(pod), listener_sent: "l2" }]);
    assert.deepEqual(
      [passed, evidence],
      [false, `0 of 1 proxies in sync with istiod; ${pod} lacks the latest listener`],
    );
  });

  it("are reported if they run and istiod does not serve them", () => {
    const { passed, evidence } = compareSync([gateway, pod], [inSync(gateway), inSync("gone.helloworld")]);
    assert.equal(passed, false);
    assert.equal(evidence, `1 of 2 proxies in sync with istiod; ${pod} is not connected`);
  });

  it("are not in sync if there are none", () => {
    assert.equal(compareSync([], []).passed, false);
  });

  it("are ordered by the push that istiod's nonces name", () => {
    const uuid = "3f5c0d5e-8a53-4d39-9a2b-0c8f1f1f7a10";
    const [ninth, tenth, later] = ["10:00:00Z/9", "10:00:00Z/10", "10:00:07Z/2"].map((end) => `2026-01-31T${end}`);
    assert.equal(pushOf(`${tenth}${uuid}`), tenth);
    assert.equal(pushOf(undefined), "");
    for (const [earlier = "", other = ""] of [
      [ninth, tenth],
      [tenth, later],
      ["", ninth],
    ]) {
      assert.ok(isBefore(earlier, other));
      assert.ok(!isBefore(other, earlier));
    }
    assert.ok(!isBefore(tenth ?? "", tenth ?? ""));
  });
});
