import assert from "node:assert/strict";
import { knownState, recoverReleases } from "../../../automation/stack/releases";
import { ownershipLabels } from "../../../model/cluster/ownership";
import { parseSettings } from "../../../model/settings/parse";
import { FakeMachine, item } from "../../support/fakeMachine";

const urn = (name: string) => `urn:pulumi:dev::istio-on-k3d::istio-on-k3d:index:Cluster$command:local:Command::${name}`;
const command = (name: string, more: object) => ({ type: "command:local:Command", urn: urn(name), ...more });
const nodes = (owner: unknown) =>
  command("cluster-nodes", { inputs: { environment: { CLUSTER: JSON.stringify({ owner, generation: "abc.1" }) } } });

describe("the state of a stack before an up", () => {
  it("has nothing for a stack that was never up", () => {
    assert.deepEqual(knownState(null), { releases: new Set() });
  });

  it("has the stack's id and its Helm releases", () => {
    const release = { type: "kubernetes:helm.sh/v3:Release", urn: "", inputs: { namespace: "n", name: "r" } };
    const identity = command("cluster-identity", { outputs: { stdout: "1" } });
    assert.deepEqual(knownState({ resources: [identity, nodes({ stack: "s", id: "1" }), release] }), {
      identity: "1",
      releases: new Set(["n/r"]),
    });
  });

  it("has the generation of a cluster that an earlier version made without an id", () => {
    assert.equal(knownState({ resources: [nodes("istio-on-k3d/dev")] }).legacyGeneration, "abc.1");
  });
});

describe("the recovery of Helm releases", () => {
  const machine = new FakeMachine();

  for (const [what, identity, id] of [
    ["another checkout's", "1", "2"],
    ["one without an id", "1", ""],
    ["any, for a state without an id", undefined, "2"],
  ] as const)
    it(`sends no request to a cluster that is not the stack's: ${what}`, async () => {
      const { settings } = parseSettings({});
      assert.ok(settings);
      const labels = { "k3d.cluster": "istio", "k3d.role": "server", [ownershipLabels.id]: id };
      machine.has({ containers: [item("k3d-istio-server-0", labels)] });
      const printed: string[] = [];
      const state = { releases: new Set<string>(), ...(identity && { identity }) };
      await recoverReleases(settings, state, (line) => printed.push(line));
      assert.deepEqual(printed, []);
      assert.deepEqual(machine.state.calls, []);
    });
});
