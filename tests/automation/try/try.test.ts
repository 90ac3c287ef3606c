import assert from "node:assert/strict";
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { clusterAddresses } from "../../../automation/commands/try/addresses";
import { waitForPods } from "../../../automation/commands/try/cluster";
import { overrideObjects, restoreObjects } from "../../../automation/commands/try/overrides";
import { trialFolder, withTrialLock } from "../../../automation/commands/try/state";
import { type Api, ApiRefused } from "../../../host/kubernetes";
import { workloadLabel } from "../../../model/trial/standIns/pods";

const stack = "unit-test-of-try";

/** A promise and the function that resolves it. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** An API server that answers GET by path, and remembers what was replaced. */
function fakeApi(answers: (path: string) => unknown) {
  const replaced: [string, object][] = [];
  const get = async (asked: string) => answers(asked);
  const replace = async (asked: string, resource: object) => {
    replaced.push([asked, resource]);
    return { metadata: {}, ...resource };
  };
  return { api: { get, replace } as unknown as Api, replaced };
}

describe("a mesh test on a cluster", () => {
  before(() => mkdir(trialFolder(stack), { recursive: true }));
  after(() => rm(trialFolder(stack), { recursive: true, force: true }));

  it("names the pod and the image that cannot be pulled, and does not wait for the rest of its time", async () => {
    const waiting = { reason: "ImagePullBackOff", message: "not found" };
    const pod = {
      metadata: { name: "web-1", namespace: "shop", labels: { [workloadLabel]: "web" } },
      status: { containerStatuses: [{ name: "trial", image: "example/web:9", state: { waiting } }] },
    };
    const { api } = fakeApi((asked) => ({ items: asked.startsWith("/api/v1/pods") ? [pod] : [] }));
    await assert.rejects(waitForPods(api, "dev", ["shop/web"]), {
      message: /pod shop\/web-1: ImagePullBackOff example\/web:9 not found/,
      exitCode: 4,
    });
  });

  it("names the line of a gateway whose image cannot be pulled, and no pod of others", async () => {
    const waiting = { reason: "ErrImagePull", message: "not found" };
    const pod = (name: string, owner: string) => ({
      metadata: { name, namespace: "shop", ownerReferences: [{ kind: "ReplicaSet", name: owner }] },
      status: { containerStatuses: [{ name: "logger", image: "example/logger:9", state: { waiting } }] },
    });
    const pods = [pod("edge-5d-x", "edge-5d"), pod("theirs-5d-x", "theirs-5d")];
    const { api } = fakeApi((asked) => ({ items: asked.startsWith("/api/v1/pods") ? pods : [] }));
    const placeOf = (workload: string) => (workload === "shop/edge" ? "mesh.yaml:12" : undefined);
    await assert.rejects(waitForPods(api, "dev", ["shop/edge"], placeOf), {
      message: "not every pod starts:\nmesh.yaml:12: pod shop/edge-5d-x: ErrImagePull example/logger:9 not found",
      exitCode: 4,
    });
  });

  it("puts an object of the environment back after a kill in the middle of its change", async () => {
    const live = { metadata: { resourceVersion: "1" }, spec: { mode: "PERMISSIVE" } };
    const { api, replaced } = fakeApi(() => live);
    const killed = { ...api, replace: () => Promise.reject(new Error("killed")) } as unknown as Api;
    const change = { path: "/apis/x", spec: () => ({ mode: "STRICT" }) };
    await assert.rejects(overrideObjects(killed, stack, [change]), /killed/);
    await restoreObjects(api, stack);
    assert.deepEqual(replaced, [["/apis/x", live]]);
    await restoreObjects(api, stack);
    assert.equal(replaced.length, 1, "what was put back once is not put back again");
  });

  it("leaves an object of the environment as an up changed it or removed it while the run was kept", async () => {
    const own = { metadata: { generation: 2 }, spec: { mode: "DISABLE" } };
    let live: object | undefined = { metadata: { generation: 1 }, spec: { mode: "PERMISSIVE" } };
    const { api, replaced } = fakeApi(() => live ?? Promise.reject(new ApiRefused(404, "/apis/x", "")));
    const applying = { ...api, replace: async () => own } as unknown as Api;
    const change = { path: "/apis/x", spec: () => own.spec };
    for (const changed of [{ metadata: { generation: 3 }, spec: { mode: "STRICT" } }, undefined]) {
      live = { metadata: { generation: 1 }, spec: { mode: "PERMISSIVE" } };
      await overrideObjects(applying, stack, [change]);
      live = changed;
      await restoreObjects(api, stack);
      assert.deepEqual(replaced, []);
    }
    live = own;
    await overrideObjects(applying, stack, [change]);
    await restoreObjects(api, stack);
    assert.equal(replaced.length, 1, "what nobody changed was not put back");
  });

  it("keeps what it has to put back readable for this account only", async () => {
    const { api } = fakeApi(() => ({ spec: {} }));
    await overrideObjects(api, stack, [{ path: "/apis/x", spec: () => ({}) }]);
    const journal = path.join(trialFolder(stack), "overrides.json");
    assert.deepEqual(JSON.parse(await readFile(journal, "utf8")), [{ path: "/apis/x", spec: {} }]);
    await restoreObjects(api, stack);
  });

  it("lets a second run wait for the first", async () => {
    const order: string[] = [];
    const printed: string[] = [];
    const begun = gate();
    const end = gate();
    const first = withTrialLock(
      stack,
      () => {},
      async () => {
        begun.open();
        await end.opened;
        order.push("first");
      },
    );
    await begun.opened;
    const tell = (line: string) => {
      printed.push(line);
      end.open();
    };
    await Promise.all([first, withTrialLock(stack, tell, async () => void order.push("second"))]);
    assert.deepEqual(order, ["first", "second"]);
    assert.match(printed.join(), /another run on stack .* is under way/);
  });

  it("reports MetalLB's reason for a Service without an external address", async () => {
    const { api } = fakeApi((asked) => {
      if (asked.includes("/events")) return { items: [{ reason: "AllocationFailed", message: "not in the pool" }] };
      const service = { metadata: { name: "web", namespace: "shop" }, spec: { clusterIP: "10.0.0.1" } };
      return asked.endsWith("/services/web") ? service : { items: [service] };
    });
    const { external } = await clusterAddresses(api, [], () => "", ["shop/web"]);
    assert.deepEqual(external("shop/web"), {
      unresolved: "Service shop/web has no external address: not in the pool",
    });
  });
});
