import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkEncryption, passphraseOpens, readPassphrase } from "../../../automation/stack/encryption";
import { configCopy, encryptedKeys, readStackFile, withoutSalt } from "../../../automation/stack/stackFile";
import { formerKeys } from "../../../model/settings/namespaces";
import { problemsText } from "../../../model/settings/parse";

/** As `pulumi stack init` wrote it with the passphrase abc. */
const salt = "v1:yuaxafk4T3o=:v1:XlGr/j84maGwKeh3:KDKv5qbxs1AUFZt+u+vo5x/3pG3jPw==";
const plain = 'config:\n  istio-on-k3d:agents: "1" # one\n';
const secret = `${plain}  istio-on-k3d:pullSecret:\n    secure: v1:x:y\n`;
const salted = (text: string) => `${text}encryptionsalt: ${salt}\n`;

describe("a salt", () => {
  it("opens with the passphrase that created it, and with no other", async () => {
    assert.ok(await passphraseOpens("abc", salt));
    assert.ok(!(await passphraseOpens("abd", salt)));
    assert.ok(!(await passphraseOpens("abc", "v2:x")));
  });

  it("is one line of the stack's file, whose other lines stay", () => {
    assert.equal(withoutSalt(salted(plain)), plain);
    assert.equal(withoutSalt(`encryptionsalt: ${salt}\n${plain}`), plain);
    assert.equal(withoutSalt(plain), plain);
  });

  it("is needed by the keys that are encrypted, also within a value", () => {
    const nested = "config:\n  istio-on-k3d:a:\n    list:\n      - secure: x\n  istio-on-k3d:b: 1\n";
    assert.deepEqual(encryptedKeys(readStackFile("dev", nested)), ["istio-on-k3d:a"]);
    assert.deepEqual(encryptedKeys(readStackFile("dev", "")), []);
  });
});

describe("the encryption of a stack's file", () => {
  const before = { cwd: process.cwd(), phrase: process.env["PULUMI_CONFIG_PASSPHRASE"] };
  let folder = "";
  let said: string[] = [];
  const file = () => path.join(folder, "Pulumi.lab.yaml");
  const check = (text: string) => {
    writeFileSync(file(), text);
    return checkEncryption("lab", (line) => said.push(line));
  };
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "encryption-"));
    process.chdir(folder);
    said = [];
  });
  afterEach(() => {
    process.chdir(before.cwd);
    if (before.phrase === undefined) delete process.env["PULUMI_CONFIG_PASSPHRASE"];
    else process.env["PULUMI_CONFIG_PASSPHRASE"] = before.phrase;
    rmSync(folder, { recursive: true });
  });

  it("stays unchanged if the passphrase opens it", async () => {
    process.env["PULUMI_CONFIG_PASSPHRASE"] = "abc";
    for (const text of [salted(plain), salted(secret), plain]) {
      await check(text);
      assert.equal(readFileSync(file(), "utf8"), text);
    }
    assert.deepEqual(said, []);
  });

  it("is removed if it belongs to another passphrase and no value needs it", async () => {
    process.env["PULUMI_CONFIG_PASSPHRASE"] = "another";
    await check(salted(plain));
    assert.equal(readFileSync(file(), "utf8"), plain);
    assert.deepEqual(said, [
      "removed encryptionsalt from Pulumi.lab.yaml: it belongs to another passphrase, and no value needs it",
    ]);
  });

  it("is rejected if it belongs to another passphrase and a secret needs it, and the file stays", async () => {
    process.env["PULUMI_CONFIG_PASSPHRASE"] = "another";
    await assert.rejects(check(salted(secret)), {
      message:
        "Pulumi.lab.yaml has secrets that another passphrase encrypted: istio-on-k3d:pullSecret; fix: set PULUMI_CONFIG_PASSPHRASE_FILE to a file with that passphrase, or remove them, npm run pulumi -- config rm istio-on-k3d:pullSecret --stack lab, and set them again: npm run pulumi -- config set --secret istio-on-k3d:pullSecret --stack lab",
      exitCode: 2,
    });
    assert.equal(readFileSync(file(), "utf8"), salted(secret));
  });

  it("requires a passphrase, and names the file that lacks it", async () => {
    delete process.env["PULUMI_CONFIG_PASSPHRASE"];
    const beforeFile = process.env["PULUMI_CONFIG_PASSPHRASE_FILE"];
    try {
      process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] = path.join(folder, "mine");
      await assert.rejects(readPassphrase("lab"), {
        name: "OperationFailed",
        message: /unset PULUMI_CONFIG_PASSPHRASE/,
      });
      process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] = path.join(before.cwd, ".state", "passphrase");
      if ((await readPassphrase("lab").catch((error: Error) => error.name)) === "StateLost")
        await assert.rejects(readPassphrase("lab"), { exitCode: 4, message: /npm run destroy -- --stack lab/ });
    } finally {
      if (beforeFile === undefined) delete process.env["PULUMI_CONFIG_PASSPHRASE_FILE"];
      else process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] = beforeFile;
    }
  });

  it("is written into a copy of the file, so that Pulumi does not change the stack's file", async () => {
    writeFileSync(file(), plain);
    const copy = await configCopy("lab");
    try {
      assert.notEqual(path.dirname(copy), folder);
      assert.equal(readFileSync(copy, "utf8"), plain);
    } finally {
      rmSync(copy);
    }
  });
});

describe("a key of another project", () => {
  it("is refused whichever of the two names is the new one, and a provider's stays", () => {
    const all = [
      "my-mesh:agents",
      "istio-on-k3d:canaryWeight",
      "istio-on-k3d:typo",
      "kubernetes:cluster",
      "aws:region",
    ];
    assert.deepEqual(
      formerKeys(all, "my-mesh").map(({ key }) => key),
      ["istio-on-k3d:canaryWeight", "istio-on-k3d:typo"],
    );
    assert.deepEqual(
      formerKeys(all, "istio-on-k3d").map(({ key }) => key),
      ["my-mesh:agents"],
    );
    assert.match(
      problemsText(formerKeys(["istio-on-k3d:agents"], "my-mesh")),
      /istio-on-k3d:agents belongs to a project called istio-on-k3d, .*; fix: write my-mesh:agents in the stack's file, or name: istio-on-k3d in Pulumi\.yaml$/,
    );
  });
});
