import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { refuseWrongConfig } from "../../../automation/stack/stackConfig";

describe("the configuration before Pulumi looks at it", () => {
  const home = process.cwd();
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "config-"));
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });
  const writeConfig = (text: string) => writeFileSync("Pulumi.dev.yaml", text);

  it("is refused with every problem at once, also one of type, and exit code 2", async () => {
    writeConfig(
      "config:\n  istio-on-k3d:canaryWeight: abc\n  istio-on-k3d:agents: [1]\n  istio-on-k3d:mtlsMode: strict\n  other:key: 1\n",
    );
    await assert.rejects(refuseWrongConfig("dev"), {
      exitCode: 2,
      message: [
        "3 problems in the stack's configuration, nothing was changed:",
        '  agents = "[1]" must be an integer from 0 to 8; fix: npm run pulumi -- config set agents 1',
        '  mtlsMode = "strict" must be one of PERMISSIVE, STRICT, DISABLE; fix: npm run pulumi -- config set mtlsMode STRICT',
        '  canaryWeight = "abc" must be an integer from 0 to 100; fix: npm run pulumi -- config set canaryWeight 10',
      ].join("\n"),
    });
  });

  it("is not checked if it is encrypted, and is rejected if it has to be encrypted and is not", async () => {
    writeConfig(
      "config:\n  istio-on-k3d:istioChartAuth:\n    secure: v1:abc\n  istio-on-k3d:canaryWeight:\n    secure: v1:abc\n",
    );
    await refuseWrongConfig("dev");
    writeConfig("config:\n  istio-on-k3d:istioChartAuth: user:hunter2\n");
    await assert.rejects(refuseWrongConfig("dev"), (error: Error) => {
      assert.match(error.message, /istioChartAuth must be encrypted.*config set --secret istioChartAuth$/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  });

  it("is not refused for the lack of what is there, encrypted", async () => {
    const login =
      "istio-on-k3d:tokens: true\n  istio-on-k3d:loginIssuer: https://a.b\n  istio-on-k3d:loginClient: mesh\n";
    writeConfig(`config:\n  ${login}  istio-on-k3d:loginClientSecret:\n    secure: v1:abc\n`);
    await refuseWrongConfig("dev");
    writeConfig(`config:\n  ${login}`);
    await assert.rejects(refuseWrongConfig("dev"), /needs loginClientSecret/);
  });

  it("is refused when it is not YAML", async () => {
    writeConfig("config:\n  a: b: c\n");
    await assert.rejects(refuseWrongConfig("dev"), /^OperationFailed: Pulumi\.dev\.yaml is not YAML: /);
  });

  for (const text of ["- a\n", "config: hello\n", "config:\n  - a\n", "\u0000\u0001 binary"])
    it(`is refused when its file is ${JSON.stringify(text)}, which has no keys`, async () => {
      writeConfig(text);
      await assert.rejects(refuseWrongConfig("dev"), {
        exitCode: 2,
        message: /^Pulumi\.dev\.yaml (must have its keys|is not YAML)/,
      });
    });

  it("is refused when its file cannot be read", async () => {
    mkdirSync("Pulumi.dev.yaml");
    await assert.rejects(refuseWrongConfig("dev"), {
      exitCode: 2,
      message: "Pulumi.dev.yaml cannot be read: EISDIR; fix: make it a file that you may read",
    });
    symlinkSync("Pulumi.loop.yaml", "Pulumi.loop.yaml");
    await assert.rejects(refuseWrongConfig("loop"), {
      exitCode: 2,
      message: /^Pulumi\.loop\.yaml cannot be read: ELOOP/,
    });
  });

  it("is accepted in YAML's own types, when it is empty, and when the file is missing", async () => {
    writeConfig("encryptionsalt: v1:x\nconfig:\n  istio-on-k3d:canaryWeight: 25\n  istio-on-k3d:registry: false\n");
    await assert.doesNotReject(refuseWrongConfig("dev"));
    writeConfig("");
    await assert.doesNotReject(refuseWrongConfig("dev"));
    await assert.doesNotReject(refuseWrongConfig("none"));
  });
});
