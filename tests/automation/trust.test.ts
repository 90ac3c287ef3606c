import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { distrust, trustBundle, trustsFormerCa } from "../../automation/commands/trust";
import { certificateStores } from "../../host/certificateStores";
import { certificateNicknames, certificatesOf, trustName } from "../../model/security/trust";
import { certificates } from "../support/fakeGateway";

/** A certutil that keeps each database as a file of lines `NAME<TAB>PEM in Base64`, and fails while `locked` exists. */
const certutil = `#!/usr/bin/env node
const fs = require("node:fs");
const args = process.argv.slice(2);
const after = (flag) => args[args.indexOf(flag) + 1];
const file = after("-d").replace(/^sql:/, "") + "/cert9.db";
if (fs.existsSync("LOCKED")) { console.error("SEC_ERROR_IO: database is locked"); process.exit(255); }
const rows = fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\\n").filter(Boolean).map((row) => row.split("\\t")) : [];
const write = (next) => fs.writeFileSync(file, next.map((row) => row.join("\\t") + "\\n").join(""));
if (args.includes("-N")) write([]);
else if (args.includes("-A")) write([...rows, [after("-n"), Buffer.from(fs.readFileSync(after("-i"))).toString("base64")]]);
else if (args.includes("-D")) write(rows.filter(([name]) => name !== after("-n")));
else if (args.includes("-n")) process.stdout.write(Buffer.from(rows.find(([name]) => name === after("-n"))[1], "base64"));
else {
  console.log("\\nCertificate Nickname                                         Trust Attributes\\n" + " ".repeat(61) + "SSL,S/MIME,JAR/XPI\\n");
  for (const [name] of rows) console.log(name.padEnd(61) + "C,,");
}
`;

const cas = async (...domains: string[]): Promise<string[]> =>
  Promise.all(domains.map(async (domain) => (await certificates(domain, [])).ca));

describe("trust in the CA", () => {
  it("covers every certificate of a bundle", async () => {
    assert.equal(certificatesOf((await cas("a.test", "b.test")).join("\n")).length, 2);
  });

  it("has a name that differs between two checkouts with the same stack", () => {
    assert.equal(trustName("dev", 1, "AB:CD:EF:01:23"), "istio-on-k3d dev 1 (abcdef01)");
    assert.notEqual(trustName("dev", 1, "AB:CD:EF:01:23"), trustName("dev", 1, "AB:CD:EF:02:23"));
  });

  it("reads the names in a listing, also those with blanks and commas, and not its heading", () => {
    const listing =
      "\nCertificate Nickname      Trust Attributes\n          SSL,S/MIME,JAR/XPI\n\nistio-on-k3d dev 1 (ab)   C,,\nMy own, CA   CT,c,u  \n";
    assert.deepEqual(certificateNicknames(listing), ["istio-on-k3d dev 1 (ab)", "My own, CA"]);
  });

  it("uses the keychain of macOS, and no store of an unknown system", async () => {
    assert.equal((await certificateStores("darwin", "/home/me")).length, 1);
    assert.deepEqual(await certificateStores("aix", "/home/me"), []);
  });
});

if (process.platform === "linux")
  describe("trust on Linux", () => {
    let home: string;
    const before: Record<string, string | undefined> = {};
    const cwd = process.cwd();
    const chromium = ".pki/nssdb";
    const names = async (folder: string) =>
      (await readFile(path.join(home, folder, "cert9.db"), "utf8").catch(() => "absent"))
        .split("\n")
        .filter(Boolean)
        .map((row) => row.split("\t")[0]?.replace(/\(.*\)/, "(…)"));
    const database = async (folder: string, content = "") => {
      await mkdir(path.join(home, folder), { recursive: true });
      await writeFile(path.join(home, folder, "cert9.db"), content);
    };

    beforeEach(async () => {
      home = await mkdtemp(path.join(tmpdir(), "trust-"));
      await mkdir(path.join(home, "bin"));
      await writeFile(path.join(home, "bin", "certutil"), certutil);
      await chmod(path.join(home, "bin", "certutil"), 0o755);
      for (const name of ["PATH", "HOME"]) before[name] = process.env[name];
      process.env["PATH"] = `${path.join(home, "bin")}:${process.env["PATH"]}`;
      process.env["HOME"] = home;
      await mkdir(path.join(home, "work"));
      process.chdir(path.join(home, "work"));
    });
    afterEach(async () => {
      process.chdir(cwd);
      Object.assign(process.env, before);
      await rm(home, { recursive: true });
    });

    it("follows the bundle: the old CA goes when the next one is trusted, and all of them at the end", async () => {
      const [first, second] = await cas("a.test", "b.test");
      await trustBundle("dev", `${first}\n${second}`);
      assert.deepEqual(await names(chromium), ["istio-on-k3d dev 1 (…)", "istio-on-k3d dev 2 (…)"]);
      await trustBundle("dev", String(second));
      assert.deepEqual(await names(chromium), ["istio-on-k3d dev 1 (…)"]);
      assert.equal(await distrust("dev"), true);
      assert.equal(await distrust("dev"), false);
    });

    it("is reported as trust in a former CA after the CA changed, and never without any trust", async () => {
      const [first, second] = await cas("a.test", "b.test");
      assert.equal(await trustsFormerCa("dev", String(first)), false);
      await trustBundle("dev", `${first}\n${second}`);
      assert.equal(await trustsFormerCa("dev", `${first}${second}`), false);
      assert.equal(await trustsFormerCa("dev", String(second)), true);
    });

    it("reaches every profile of Firefox, and names the browsers that it reached", async () => {
      const profiles = [".mozilla/firefox/a.default", "snap/firefox/common/.mozilla/firefox/b.default"];
      for (const profile of profiles) await database(profile);
      await mkdir(path.join(home, ".mozilla/firefox/Crash Reports"), { recursive: true });
      const stores = await trustBundle("dev", (await cas("a.test")).join());
      assert.deepEqual(stores.map(({ browser }) => browser).sort(), [
        "Chrome and Chromium",
        "Firefox",
        "Firefox (snap)",
      ]);
      for (const profile of profiles) assert.deepEqual(await names(profile), ["istio-on-k3d dev 1 (…)"]);
      await distrust("dev");
      for (const profile of profiles) assert.deepEqual(await names(profile), []);
    });

    it("creates no database that would hide the one of a newer Chromium", async () => {
      await database(".local/share/pki/nssdb", "client certificate\teA==\n");
      await trustBundle("dev", (await cas("a.test")).join());
      assert.deepEqual(await names(chromium), ["absent"]);
      await distrust("dev");
      assert.deepEqual(await names(".local/share/pki/nssdb"), ["client certificate"]);
    });

    it("removes the database that it created, and keeps one with a certificate of somebody else", async () => {
      await trustBundle("dev", (await cas("a.test")).join());
      await distrust("dev");
      assert.deepEqual(await names(chromium), ["absent"]);
      await trustBundle("dev", (await cas("a.test")).join());
      const file = path.join(home, chromium, "cert9.db");
      await writeFile(file, `${await readFile(file, "utf8")}mine\teA==\n`);
      await distrust("dev");
      assert.deepEqual(await names(chromium), ["mine"]);
    });

    it("does not remove the trust in the CA of another checkout with the same stack", async () => {
      const [ours, others] = await cas("a.test", "a.test");
      await database(chromium, `istio-on-k3d dev 1\t${Buffer.from(String(others)).toString("base64")}\n`);
      await trustBundle("dev", String(ours));
      await distrust("dev");
      assert.deepEqual(await names(chromium), ["istio-on-k3d dev 1"]);
    });

    it("removes an entry of an earlier version, which named no fingerprint, by its certificate", async () => {
      const [ours] = await cas("a.test");
      await database(chromium, `istio-on-k3d dev 1\t${Buffer.from(String(ours)).toString("base64")}\nmine\teA==\n`);
      await mkdir(".state/trusted/dev", { recursive: true });
      await writeFile(".state/trusted/dev/1.pem", String(ours));
      assert.equal(await distrust("dev"), true);
      assert.deepEqual(await names(chromium), ["mine"]);
    });

    it("fails, keeps its record and removes the trust at the next try if a store is locked", async () => {
      await trustBundle("dev", (await cas("a.test")).join());
      await writeFile("LOCKED", "");
      await assert.rejects(distrust("dev"), {
        exitCode: 4,
        message: /could not be changed: .*locked; fix: close the browsers.*npm run trust -- --undo$/,
      });
      await rm("LOCKED");
      assert.equal(await distrust("dev"), true);
      assert.deepEqual(await names(chromium), ["absent"]);
    });

    it("works with the real certutil if it is installed", async function () {
      process.env["PATH"] = before["PATH"];
      const installed = (() => {
        try {
          execFileSync("certutil", ["-H"], { stdio: "ignore" });
          return true;
        } catch (error) {
          return (error as NodeJS.ErrnoException).code !== "ENOENT";
        }
      })();
      // npm test needs no tool of NSS; the stand-in above covers the rest
      if (!installed) return;
      this.timeout(60_000);
      const [first, second] = await cas("a.test", "b.test");
      const list = () =>
        certificateNicknames(
          execFileSync("certutil", ["-d", `sql:${path.join(home, chromium)}`, "-L"], { encoding: "utf8" }),
        );
      await trustBundle("dev", `${first}\n${second}`);
      assert.equal(list().length, 2);
      await trustBundle("dev", String(second));
      assert.equal(list().length, 1);
      await distrust("dev");
      assert.deepEqual(await names(chromium), ["absent"]);
    });
  });
