import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { RowLog } from "../support/rowLog";
import { areReplaced, containersOf } from "./ambient";
import { faults } from "./catalogue";
import { inOrder, isDone, type Row, rowName } from "./fault";
import { spread } from "./kills";
import { page } from "./page";

const row: Row = {
  kind: "SIGKILL of up",
  where: "step 3",
  seen: "killed",
  outcome: "converged",
  seconds: 61,
  changes: 0,
  good: true,
};

describe("npm run faults", () => {
  it("has at least 80 faults with different names", () => {
    const names = faults(24, { ambient: true, newerIstio: "1.99.0" }).map(rowName);
    assert.equal(names.filter((name) => name.startsWith("SIGKILL of upgrade: ")).length, 4);
    assert.equal(new Set(names).size, names.length);
    assert.ok(names.length >= 80, `${names.length} faults`);
  });

  it("strikes each part of ambient on a machine that can install it, and has no such row elsewhere", () => {
    const rows = (ambient: boolean) => faults(24, { ambient }).filter(({ kind }) => kind === "ambient");
    assert.deepEqual(
      rows(true).map(({ where }) => where),
      [
        ...["istio-cni killed while pods start", "ztunnel killed on every node", "agent restarted"],
        ...["all nodes restarted", "rollout killed in a step, then resumed"],
      ],
    );
    assert.deepEqual(rows(false), []);
  });

  it("waits for other containers, since the status of an ended one may still say that it is ready", () => {
    const [old, starting, other] = [
      { id: "a", ready: true },
      { id: "b", ready: false },
      { id: "b", ready: true },
    ];
    assert.equal(areReplaced([old], [old]), false);
    assert.equal(areReplaced([old], [starting]), false);
    assert.equal(areReplaced([old], []), false);
    assert.equal(areReplaced([old], [other]), true);
  });

  it("does not wait for the pods of an earlier rollout, which are still ending", () => {
    const status = { containerStatuses: [{ containerID: "a", ready: true }] };
    const ending = { metadata: { deletionTimestamp: "2026-11-27T10:00:00Z" }, status };
    const starting = { metadata: {}, status: {} };
    assert.deepEqual(containersOf({ items: [{ metadata: {}, status }, ending, starting] }), [
      { id: "a", ready: true },
      { id: "", ready: false },
    ]);
  });

  it("makes one fault of each kind before a second of any", () => {
    const kinds = inOrder(faults(24)).map(({ kind }) => kind);
    const all = new Set(kinds);
    assert.equal(new Set(kinds.slice(0, all.size)).size, all.size);
    assert.equal(kinds.length, faults(24).length);
  });

  it("kills at the middle step first, then at steps spread evenly", () => {
    assert.deepEqual(spread(5, 9), [5, 3, 9, 1, 7]);
    assert.deepEqual(spread(1, 9), [1]);
  });

  it("resumes with the rows that are not good, or whose environment was never destroyed", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "faults-"));
    try {
      const file = path.join(folder, "faults.jsonl");
      const log = await RowLog.open<Row>(file, rowName, false);
      await log.add(row);
      await log.add({ ...row, where: "step 5", left: [], good: false });
      await log.add({ ...row, where: "step 7" });
      await log.add({ ...row, where: "step 7", left: [] });
      const again = await RowLog.open<Row>(file, rowName, true);
      assert.deepEqual(again.rows().map(isDone), [false, false, true]);
      assert.deepEqual((await RowLog.open<Row>(file, rowName, false)).rows(), []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("writes a page that names the rows that are bad", () => {
    const text = page(
      [
        { ...row, left: [] },
        { ...row, where: "step 5", left: ["volume a|b"], good: false },
      ],
      3,
      { machine: "a laptop" },
    );
    assert.match(text, /\*\*1 of 3 faults ended so\*\*; 1 were not made yet; not these: SIGKILL of up: step 5\./);
    assert.match(text, /\| SIGKILL of up \| step 3 \| killed \| converged \| 0 \| nothing \| 61 s \|/);
    assert.match(text, /volume a\\\|b/);
  });

  it("cuts a long text between two words", () => {
    const seen = `exit 4: ${"x".repeat(140)} npm run pulumi -- config`;
    assert.match(page([{ ...row, seen }], 1, { machine: "a laptop" }), /x npm run\.\.\. \|/);
  });

  it("writes a page that names the rows of another machine, or of other versions", () => {
    const rows = [row, { ...row, where: "step 5" }, { ...row, where: "step 7", machine: "a server" }];
    assert.match(
      page(rows, 3, { machine: "a laptop", note: "It is slow." }),
      /Measured on a laptop\.\nIt is slow\.\n\nThese ran on a server:\n\n- SIGKILL of up: step 7\n\nRun it yourself/,
    );
    assert.match(page([], 3, { machine: "a laptop" }), /Measured on a laptop\.\n\nRun it yourself/);
  });
});
