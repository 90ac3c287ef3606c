import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import { userKubeconfig } from "../../host/kubeconfig";

describe("a context of the user's kubeconfig", () => {
  const before = process.env["KUBECONFIG"];
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "kubeconfig-"));
    const write = (name: string, content: object) => writeFileSync(path.join(folder, name), stringify(content));
    writeFileSync(path.join(folder, "ca.pem"), "CA");
    write("one", { contexts: null });
    write("two", {
      contexts: [
        { name: "dev", context: { cluster: "c", user: "u" } },
        { name: "cloud", context: { cluster: "c", user: "program" } },
      ],
      clusters: [{ name: "c", cluster: { server: "https://10.9.0.1:6443", "certificate-authority": "ca.pem" } }],
      users: [
        { name: "u", user: { token: "t" } },
        { name: "program", user: { exec: { command: "aws" } } },
      ],
    });
    process.env["KUBECONFIG"] = ["missing", "one", "two"].map((name) => path.join(folder, name)).join(path.delimiter);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = before;
  });

  it("is found in any of the files, with what its files hold inline", async () => {
    const { clusters, users } = parse(await userKubeconfig("dev"));
    assert.equal(clusters[0].cluster["certificate-authority-data"], Buffer.from("CA").toString("base64"));
    assert.deepEqual(users, [{ user: { token: "t" } }]);
  });

  it("is refused with what to do where it is not there, or needs a program", async () => {
    await assert.rejects(userKubeconfig("prod"), { exitCode: 4, message: /^context prod is not in .*get-contexts$/ });
    await assert.rejects(userKubeconfig("cloud"), {
      exitCode: 4,
      message: /^context cloud authenticates by a program/,
    });
  });
});
