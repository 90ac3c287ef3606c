import assert from "node:assert/strict";
import { edit } from "../../automation/commands/lesson/edit";
import type { Exercise } from "../../automation/commands/lesson/exercise";
import { runExercise } from "../../automation/commands/lesson/lesson";
import type { Subject } from "../../automation/commands/verify/check";
import type { Api } from "../../host/kubernetes";
import { parseSettings } from "../../model/settings/parse";
import { Door } from "../support/door";

const text = { mistake: "m", wrong: "w", right: "r", why: "y" };

describe("a exercise", () => {
  let door: Door;
  let subject: Subject;
  beforeEach(async () => {
    door = await Door.open({ domain: "istio.test", weight: 10 });
    const { settings } = parseSettings({ domain: "istio.test", httpsPort: String(door.httpsPort) });
    assert.ok(settings);
    subject = {
      settings,
      ingressIp: "127.0.0.1",
      ca: door.ca,
      api: {} as Api,
      scratch: "scratch",
      tokenKey: "",
      headers: {},
    };
  });
  afterEach(() => door.close());

  it("puts everything back, the last change first, and tells what was seen", async () => {
    const done: string[] = [];
    const exercise: Exercise = {
      ...text,
      make: async (_subject, onUndo) => {
        for (const name of ["a", "b"]) {
          done.push(`make ${name}`);
          onUndo(async () => void done.push(`undo ${name}`));
        }
        return { holds: true, evidence: "404" };
      },
    };
    assert.deepEqual(await runExercise(exercise, subject), { ...text, outcome: "shown", evidence: "404" });
    assert.deepEqual(done, ["make a", "make b", "undo b", "undo a"]);
  });

  it("puts back what was made before it failed", async () => {
    const done: string[] = [];
    const exercise: Exercise = {
      ...text,
      make: async (_subject, onUndo) => {
        onUndo(async () => void done.push("undo"));
        throw new Error("the API server is away");
      },
    };
    const { outcome, evidence } = await runExercise(exercise, subject);
    assert.deepEqual([outcome, evidence, done], ["not known", "the API server is away", ["undo"]]);
  });

  it("is not given where it would show nothing", async () => {
    const exercise: Exercise = { ...text, when: () => false, make: () => assert.fail("it was made") };
    assert.equal((await runExercise(exercise, subject)).outcome, "not known");
  });
});

describe("an edit", () => {
  it("is put back over whatever version the resource has by then", async () => {
    let live = { metadata: { resourceVersion: "1" }, spec: { gateways: ["a/b"], kept: true } };
    const api = {
      get: async () => structuredClone(live),
      replace: async (_path: string, resource: typeof live) => {
        assert.equal(resource.metadata.resourceVersion, live.metadata.resourceVersion);
        live = { ...resource, metadata: { resourceVersion: String(Number(live.metadata.resourceVersion) + 1) } };
      },
    } as unknown as Api;
    const undo = await edit(api, "/x", (spec: typeof live.spec) => ({ ...spec, gateways: ["b"] }));
    assert.deepEqual(live, { metadata: { resourceVersion: "2" }, spec: { gateways: ["b"], kept: true } });
    live.metadata.resourceVersion = "7";
    await undo();
    assert.deepEqual(live.spec, { gateways: ["a/b"], kept: true });
  });
});
