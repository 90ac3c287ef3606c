import assert from "node:assert/strict";
import { type Pod, podRow } from "../../../model/view/pods";

const pod = (status: Pod["status"], metadata = {}): Pod => ({
  metadata: { namespace: "helloworld", name: "helloworld-v1", ...metadata },
  spec: {
    nodeName: "agent-0",
    containers: [{ name: "app" }],
    initContainers: [{ name: "istio-init" }, { name: "istio-proxy", restartPolicy: "Always" }],
  },
  status,
});
const readiness = (status: string) => [{ type: "Ready", status }];
const container = (name: string, ready: boolean, waiting?: string) => ({
  name,
  ready,
  restartCount: 1,
  ...(waiting && { state: { waiting: { reason: waiting } } }),
});

const running = {
  phase: "Running",
  containerStatuses: [container("app", true)],
  initContainerStatuses: [container("istio-proxy", true)],
};

describe("a pod in the view", () => {
  it("counts a native sidecar as a container", () => {
    const row = podRow(
      pod({
        ...running,
        conditions: readiness("True"),
      }),
    );
    assert.deepEqual([row.ready, row.status, row.healthy, row.restarts], ["2/2", "Running", true, 2]);
  });
  it("is not healthy on a node that stopped reporting, though its containers keep their last state", () => {
    const notReady = "Running, not Ready (node agent-0)";
    for (const conditions of [readiness("False"), readiness("Unknown"), []]) {
      const { ready, status, healthy } = podRow(pod({ ...running, conditions }));
      assert.deepEqual([ready, status, healthy], ["2/2", notReady, false]);
    }
  });
  it("shows why a container waits", () => {
    const row = podRow(pod({ phase: "Pending", containerStatuses: [container("app", false, "ImagePullBackOff")] }));
    assert.deepEqual([row.ready, row.status, row.healthy], ["0/2", "ImagePullBackOff", false]);
  });
  it("is not healthy while it terminates or without a phase", () => {
    assert.equal(
      podRow(pod({ phase: "Running" }, { deletionTimestamp: "2026-01-01T00:00:00Z" })).status,
      "Terminating",
    );
    assert.deepEqual([podRow(pod({})).status, podRow(pod({})).healthy], ["Unknown", false]);
  });
});
