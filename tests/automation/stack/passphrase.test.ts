import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { currentPassphrase } from "../../../automation/stack/passphrase";

describe("the passphrase of the state", () => {
  let folder = "";
  /** Makes the state in a folder of its own, in several processes at once. */
  const ensure = (processes: number, errors: RegExp = /^$/) => {
    const once = `node -e 'require("${path.resolve("launcher", "run.cjs")}").load("automation/stack/passphrase").ensureState()'`;
    const line = `${Array(processes).fill(`${once} &`).join(" ")} wait`;
    const { PULUMI_CONFIG_PASSPHRASE: _, PULUMI_CONFIG_PASSPHRASE_FILE: __, ...env } = process.env;
    const { stderr } = spawnSync("sh", ["-c", line], { cwd: folder, env, encoding: "utf8" });
    assert.match(stderr, errors);
  };
  const state = (...parts: string[]) => path.join(folder, ".state", ...parts);
  const kept = () => readFileSync(state("passphrase"), "utf8");
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "passphrase-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is created only once, and complete, by four commands that start at once", () => {
    ensure(4);
    assert.match(kept(), /^[\w-]{32}$/);
    assert.deepEqual(readdirSync(state()), ["passphrase"]);
    const before = kept();
    ensure(1);
    assert.equal(kept(), before);
  });

  it("is created again if a full disk left an empty file and no state", () => {
    mkdirSync(state());
    writeFileSync(state("passphrase"), "");
    ensure(2);
    assert.match(kept(), /^[\w-]{32}$/);
  });

  it("is not created again for a state that another passphrase opens", () => {
    mkdirSync(state(".pulumi", "stacks", "istio-on-k3d"), { recursive: true });
    writeFileSync(state(".pulumi", "stacks", "istio-on-k3d", "dev.json"), "{}");
    ensure(1);
    assert.ok(!readdirSync(state()).includes("passphrase"));
  });

  it("is not created where a file has the name of its folder, and the message says what to do", () => {
    writeFileSync(state(), "");
    ensure(1, /\.state cannot be created: EEXIST; fix: move the file \S+\.state away/);
  });

  it("is refused when its file is a folder", async () => {
    await assert.rejects(currentPassphrase({ PULUMI_CONFIG_PASSPHRASE_FILE: folder }), {
      exitCode: 4,
      message: `${folder} is a folder; fix: name a file with a passphrase`,
    });
  });

  it("is undefined, and never an empty text, if its file is missing or empty", async () => {
    const file = path.join(folder, "mine");
    const missing = { problem: `${file} is missing or empty`, isOwn: true };
    assert.deepEqual(await currentPassphrase({ PULUMI_CONFIG_PASSPHRASE_FILE: file }), missing);
    writeFileSync(file, "\n");
    assert.deepEqual(await currentPassphrase({ PULUMI_CONFIG_PASSPHRASE_FILE: file }), missing);
    writeFileSync(file, "secret\n");
    assert.deepEqual(await currentPassphrase({ PULUMI_CONFIG_PASSPHRASE_FILE: file }), { text: "secret" });
  });
});
