import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { toolRelease } from "../../automation/stack/toolReleases";
import { ensureTools, findTools, isOnPath, whereTools } from "../../automation/stack/tools";
import versions from "../../versions.json";

describe("a tool on the PATH", () => {
  const before = process.env["PATH"];
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "tools-"));
    process.env["PATH"] = `${folder}${path.delimiter}${before}`;
  });
  afterEach(() => {
    process.env["PATH"] = before;
    rmSync(folder, { recursive: true });
  });

  const k3d = (script: string) => writeFileSync(path.join(folder, "k3d"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const fetched = async () => {
    const printed: string[] = [];
    const found = await findTools(["k3d"]);
    await ensureTools((line) => printed.push(line), found).catch(() => undefined);
    return { found: found.map(({ evidence }) => evidence), printed: printed };
  };

  it("is found if it is a file", () => {
    assert.equal(isOnPath("k3d", folder), false);
    mkdirSync(path.join(folder, "pulumi"));
    assert.equal(isOnPath("pulumi", folder), false);
    k3d("echo k3d version v5.8.3");
    assert.equal(isOnPath("k3d", ["/nowhere", folder].join(path.delimiter)), true);
  });

  it("is not found if this user may not run it or read its folder", () => {
    writeFileSync(path.join(folder, "k3d"), "", { mode: 0o644 });
    assert.equal(isOnPath("k3d", folder), false);
    // a file in place of a folder fails as a folder without permission does
    assert.equal(isOnPath("k3d", path.join(folder, "k3d")), false);
  });

  it("is used in place of a download", async () => {
    k3d("echo k3d version v5.8.3");
    assert.deepEqual(await fetched(), { found: ["5.8.3"], printed: [] });
  });

  it("is used also if it answers late on a busy machine", async () => {
    k3d("sleep 2 >/dev/null 2>&1; echo k3d version v5.8.3");
    assert.deepEqual(await fetched(), { found: ["does not tell its version in time"], printed: [] });
  });

  it("comes from its publisher's release, for each platform", () => {
    const linux = { platform: "linux", arch: "x64" } as const;
    const mac = { platform: "darwin", arch: "arm64" } as const;
    const { istio, k3s } = versions;
    const kubernetes = k3s.replace(/-k3s\d+$/, "");
    assert.equal(
      toolRelease("kubectl", {}, linux).url,
      `https://dl.k8s.io/release/${kubernetes}/bin/linux/amd64/kubectl`,
    );
    const from = `https://github.com/istio/istio/releases/download/${istio}`;
    const { url, checksums } = toolRelease("istioctl", {}, mac);
    assert.equal(url, `${from}/istioctl-${istio}-osx-arm64.tar.gz`);
    assert.equal(checksums, `${url}.sha256`);
    const mirrored = toolRelease("kubectl", { KUBECTL_DOWNLOAD_URL: "https://mirror.example.com" }, mac);
    assert.equal(mirrored.url, `https://mirror.example.com/${kubernetes}/bin/darwin/arm64/kubectl`);
    assert.throws(() => toolRelease("kubectl", {}, { platform: "win32", arch: "x64" }), /use Linux, macOS or WSL/);
  });

  it("is kubectl or istioctl of any version", async () => {
    const tool = (name: string, text: string) =>
      writeFileSync(path.join(folder, name), `#!/bin/sh\necho "${text}"\n`, { mode: 0o755 });
    tool("kubectl", "Client Version: v1.29.0");
    tool("istioctl", "client version: 1.20.1");
    const found = await findTools(["kubectl", "istioctl"]);
    assert.deepEqual(
      found.map(({ outcome, evidence }) => [outcome, evidence]),
      [
        ["passed", "1.29.0"],
        ["passed", "1.20.1"],
      ],
    );
    assert.equal(whereTools(["kubectl"]), `kubectl is ${path.join(folder, "kubectl")}`);
  });

  it("is fetched if it is too old", async () => {
    const url = process.env["K3D_DOWNLOAD_URL"];
    process.env["K3D_DOWNLOAD_URL"] = "http://127.0.0.1:1";
    k3d("echo k3d version v5.6.0");
    assert.deepEqual(await fetched(), { found: ["5.6.0 is too old"], printed: [`fetching k3d ${versions.k3d}`] });
    if (url === undefined) delete process.env["K3D_DOWNLOAD_URL"];
    else process.env["K3D_DOWNLOAD_URL"] = url;
  });
});
