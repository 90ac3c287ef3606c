import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createPrivateFolder, removeAbandonedFolders } from "../../host/privateFolder";

const prefix = "istio-on-k3d-test-";

/** Program that creates a folder, writes a file into it, prints its path, and then runs some code. */
const program = (then: string) => `
  require("./launcher/run.cjs").load("host/privateFolder").createPrivateFolder("${prefix}").then((folder) => {
    require("node:fs").writeFileSync(folder + "/kubeconfig1", "client-key-data");
    process.stdout.write(folder);
    ${then};
  });`;

describe("a private folder for temporary files", () => {
  const before = process.env["TMPDIR"];
  let temporary = "";
  beforeEach(async () => {
    temporary = await mkdtemp(path.join(tmpdir(), "private-"));
    process.env["TMPDIR"] = temporary;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    await rm(temporary, { recursive: true });
  });
  const left = () => readdir(temporary);

  /** Starts a program, and returns it with the folder that it created. */
  const started = async (then: string) => {
    const child = spawn(process.execPath, ["-e", program(then)], { stdio: ["pipe", "pipe", "inherit"] });
    const [folder] = (await once(child.stdout, "data")) as [Buffer];
    return { child, folder: folder.toString() };
  };

  it("is read by this account only, and goes with the process", async () => {
    const { child, folder } = await started("process.stdin.once('data', () => process.exit(1))");
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    child.stdin.write("end");
    await once(child, "close");
    assert.deepEqual(await left(), []);
  });

  it("stays while its process runs, and is removed by a later one after a kill", async () => {
    const { child, folder } = await started("setInterval(() => {}, 1e6)");
    await removeAbandonedFolders(prefix);
    assert.ok(existsSync(path.join(folder, "kubeconfig1")));
    child.kill("SIGKILL");
    await once(child, "close");
    assert.deepEqual(await left(), [path.basename(folder)]);
    await removeAbandonedFolders("istio-on-k3d-another-");
    assert.deepEqual(await left(), [path.basename(folder)]);
    await removeAbandonedFolders(prefix);
    assert.deepEqual(await left(), []);
  });

  it("is removed when its process was killed before it wrote its identity, and not while it may still write it", async () => {
    const [old, young] = [path.join(temporary, `${prefix}old`), path.join(temporary, `${prefix}young`)];
    for (const folder of [old, young]) await mkdir(folder);
    await writeFile(path.join(old, "created-by.json"), "");
    const hourAgo = Date.now() / 1000 - 3600;
    await utimes(old, hourAgo, hourAgo);
    await removeAbandonedFolders(prefix);
    assert.deepEqual(await left(), [path.basename(young)]);
  });

  it("is not needed: where the temporary folder cannot be written, there is none", async () => {
    process.env["TMPDIR"] = path.join(temporary, "absent");
    assert.equal(await createPrivateFolder(prefix), undefined);
    await removeAbandonedFolders(prefix);
  });
});
