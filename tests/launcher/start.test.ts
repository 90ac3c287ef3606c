import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { engines } from "../../package.json";
import { supported } from "../../versions.json";

describe("an npm command", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "start-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const name of ["plain", "hash#1", "job%2Fbranch", "quest?ion", "two words"])
    it(`runs from another folder, in a checkout called ${name}`, () => {
      const top = path.join(folder, name);
      mkdirSync(path.join(top, "bin"), { recursive: true });
      cpSync("launcher", path.join(top, "launcher"), { recursive: true });
      for (const part of [
        "automation",
        "charts",
        "host",
        "k3d",
        "model",
        "node_modules",
        "package.json",
        "versions.json",
      ])
        symlinkSync(path.resolve(part), path.join(top, part));
      for (const tool of ["pulumi", "k3d"]) writeFileSync(path.join(top, "bin", tool), "#!/bin/sh\n", { mode: 0o755 });
      const ran = spawnSync(process.execPath, [path.join(top, "launcher", "start.cjs"), "env"], {
        cwd: folder,
        env: { PATH: path.join(top, "bin") },
        encoding: "utf8",
      });
      const state = name.replaceAll("%", "%25").replaceAll("#", "%23").replaceAll("?", "%3F").replaceAll(" ", "%20");
      assert.equal(
        ran.stdout,
        [
          `export PATH='${top}/.tools':'${top}/.tools/pulumi':'${top}/.tools/istioctl':"$PATH"`,
          `export PULUMI_BACKEND_URL='file://${folder}/${state}/.state'`,
          `export PULUMI_CONFIG_PASSPHRASE_FILE='${top}/.state/passphrase'`,
          "export PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER='true'",
          "",
        ].join("\n"),
      );
      assert.deepEqual([ran.status, ran.stderr], [0, ""]);
      assert.equal(readFileSync(path.join(top, ".state", "passphrase"), "utf8").length, 32);
    });

  it("names the Node version that it needs when this one is too old", () => {
    const old = `Object.defineProperty(process.versions, "node", { value: "18.20.4" }); require("./launcher/start.cjs")`;
    const { status, stderr } = spawnSync(process.execPath, ["-e", old], { encoding: "utf8" });
    assert.equal(stderr, "node 18.20.4 is too old; install Node 20.19 or newer from https://nodejs.org\n");
    assert.equal(status, 4);
    assert.equal(engines.node, ">=20.19");
    assert.equal(supported.minimum.node, "20.19.0");
  });
});
