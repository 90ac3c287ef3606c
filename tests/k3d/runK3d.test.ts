import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ownIdentity } from "../../host/processes";
import { removeK3dLeftovers, runK3d } from "../../k3d/runK3d";
import { Stubs } from "../support/stubs";
import { owner as other } from "../support/wantedCluster";

/** An owner of its own, because tests of other files run at the same time. */
const owner = { ...other, id: "22222222" };

describe("the temporary files of k3d", () => {
  const stubs = new Stubs();
  const ours = async () => (await readdir(tmpdir())).filter((name) => name.includes(owner.id));
  const leaves = (end: string) =>
    `cat > "$TMPDIR/k3d-config-tmp-1"; stat -c %a "$TMPDIR" || stat -f %Lp "$TMPDIR"; ${end}`;

  it("lie in a folder that only this account reads, and go with the command", async () => {
    await stubs.program("k3d", leaves("exit 0"));
    assert.equal(await runK3d(["cluster", "create"], owner, { input: "password: p" }), "700\n");
    assert.deepEqual(await ours(), []);
  });

  it("go with a command that fails", async () => {
    await stubs.program("k3d", leaves("echo no >&2; exit 1"));
    await assert.rejects(runK3d(["cluster", "create"], owner, { input: "password: p" }), /no$/);
    assert.deepEqual(await ours(), []);
  });

  it("go with the next command, or with the cluster, when their own was killed", async () => {
    const folder = path.join(tmpdir(), `istio-on-k3d-${owner.id}-killed`);
    const leave = async () => {
      await mkdir(folder);
      await writeFile(path.join(folder, "k3d-config-tmp-1"), "password: p");
      const killed = { ...(await ownIdentity()), started: "before" };
      await writeFile(path.join(folder, "created-by.json"), JSON.stringify(killed));
    };
    await leave();
    await stubs.program("k3d", 'ls "$TMPDIR"');
    assert.equal(await runK3d(["cluster", "start"], owner, {}), "created-by.json\n");
    assert.deepEqual(await ours(), []);
    await leave();
    await removeK3dLeftovers(owner);
    assert.deepEqual(await ours(), []);
  });
});
