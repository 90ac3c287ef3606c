import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { distrust, trustBundle } from "../../automation/commands/trust";
import { certificatesOf, trustCommands } from "../../model/security/trust";
import { certificates } from "../support/door";

describe("trust in the CA", () => {
  it("is put into the user's own store on each system, and nowhere an administrator is needed", () => {
    const ca = { name: "istio-on-k3d dev 1", file: "1.pem", thumbprint: "AB12" };
    for (const platform of ["linux", "darwin", "win32"]) {
      const commands = trustCommands(platform, "/home/me", ca);
      assert.ok(commands, platform);
      assert.ok(commands.add.includes("1.pem"), platform);
      assert.ok(
        commands.remove.some((word) => [ca.name, ca.thumbprint].includes(word)),
        platform,
      );
      assert.ok(/\/home\/me|-user/.test(commands.add.join(" ")), platform);
      assert.doesNotMatch([...commands.add, ...commands.remove].join(" "), /sudo/);
    }
    assert.equal(trustCommands("aix", "/home/me", ca), undefined);
  });

  it("is given to every certificate of a bundle", async () => {
    const cas = await Promise.all(["a.test", "b.test"].map(async (domain) => (await certificates(domain, [])).ca));
    assert.equal(certificatesOf(cas.join("\n")).length, 2);
  });
});

// the other systems' stores take other commands, which the test above holds
if (process.platform === "linux")
  describe("trust on this system", () => {
    let folder: string;
    const before: Record<string, string | undefined> = {};
    const cwd = process.cwd();
    /** Every call of the store's command, without the folder. */
    const calls = async () => {
      const text = await readFile(path.join(folder, "calls"), "utf8").catch(() => "");
      await rm(path.join(folder, "calls"), { force: true });
      return text.replaceAll(folder, "~").trim().split("\n");
    };

    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), "trust-"));
      for (const name of ["certutil", "security"]) {
        const stub = path.join(folder, name);
        await writeFile(stub, `#!/bin/sh\necho "$*" >> ${folder}/calls\n`);
        await chmod(stub, 0o755);
      }
      for (const name of ["PATH", "HOME"]) before[name] = process.env[name];
      process.env["PATH"] = `${folder}:${process.env["PATH"]}`;
      process.env["HOME"] = folder;
      await mkdir(path.join(folder, "work"));
      process.chdir(path.join(folder, "work"));
    });
    afterEach(async () => {
      process.chdir(cwd);
      Object.assign(process.env, before);
      await rm(folder, { recursive: true });
    });

    it("follows the bundle: the old CA is taken back when the next one is trusted, and all of them at the end", async () => {
      const [first, second] = await Promise.all(
        ["a.test", "b.test"].map(async (domain) => (await certificates(domain, [])).ca),
      );
      await trustBundle("dev", `${first}\n${second}`);
      const add = (n: number) =>
        `-d sql:~/.pki/nssdb -A -t C,, -n istio-on-k3d dev ${n} -i .state/trusted/dev/${n}.pem`;
      const remove = (n: number) => `-d sql:~/.pki/nssdb -D -n istio-on-k3d dev ${n}`;
      assert.deepEqual(await calls(), ["-d sql:~/.pki/nssdb -N --empty-password", add(1), add(2)]);
      await mkdir(path.join(folder, ".pki/nssdb"), { recursive: true });
      await writeFile(path.join(folder, ".pki/nssdb/cert9.db"), "");
      await trustBundle("dev", String(second));
      assert.deepEqual(await calls(), [remove(1), remove(2), add(1)]);
      assert.equal(await distrust("dev"), true);
      assert.deepEqual(await calls(), [remove(1)]);
      assert.equal(await distrust("dev"), false);
    });
  });
