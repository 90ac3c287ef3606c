import assert from "node:assert/strict";
import { clusterNames, clustersOf, observeCluster } from "../../k3d/observe";
import { ownershipLabels } from "../../model/cluster/ownership";
import { FakeMachine, item } from "../support/fakeMachine";

const owner = { stack: "istio-on-k3d/dev", id: "1", state: "me@host:/a" };
const expected = { clusterName: "istio", agents: 1, registry: true };
const container = (role: string, state: string, id = "") =>
  item(
    `k3d-istio-${role}-0`,
    {
      app: "k3d",
      "k3d.cluster": "istio",
      "k3d.role": role,
      ...(id && { [ownershipLabels.id]: id, [ownershipLabels.generation]: "one" }),
    },
    { State: state },
  );

describe("the observation of a cluster", () => {
  const machine = new FakeMachine();
  const observed = async () => {
    const { claims, states, registry, healthy, generation } = await observeCluster(expected, owner, {
      readyTimeout: 0,
    });
    return { claims, states, registry, healthy, generation };
  };

  it("finds nothing when it has no container", async () => {
    assert.deepEqual(await observed(), {
      claims: [],
      states: [],
      registry: "gone",
      healthy: undefined,
      generation: undefined,
    });
  });

  it("finds the owner, the generation and the state of each node", async () => {
    const containers = [container("server", "running", "1"), container("agent", "exited", "1")];
    machine.has({ containers: [...containers, container("registry", "created", "1")] });
    assert.deepEqual(await observed(), {
      claims: ["ours", "ours"],
      states: ["running", "exited"],
      registry: "created",
      healthy: undefined,
      generation: "one",
    });
    assert.deepEqual(await clustersOf(owner), ["istio"]);
    assert.deepEqual(await clusterNames(), ["istio"]);
  });

  it("sends no request to the API server of a cluster that is somebody else's", async () => {
    machine.has({ containers: [container("server", "running", "2"), container("agent", "running", "2")] });
    assert.equal((await observed()).healthy, undefined);
  });
});
