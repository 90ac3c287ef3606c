import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { checksumOf, download } from "../../host/download";
import { fetchFile } from "../../host/fetch";
import versions from "../../versions.json";

const listen = async (handler: RequestListener): Promise<{ server: Server; base: string }> => {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};
const close = (server: Server) => {
  server.close();
  server.closeAllConnections();
};
const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");

describe("a tool that is downloaded", () => {
  const content = Buffer.from("#!/bin/sh\necho v5.8.3\n");
  const sum = sha256(content);
  let [folder, published, base] = ["", "", ""];
  let archive: Buffer;
  let server: Server;

  before(() => {
    const made = mkdtempSync(path.join(tmpdir(), "archive-"));
    mkdirSync(path.join(made, "pulumi"));
    for (let i = 0; i < 30; i++) writeFileSync(path.join(made, "pulumi", `file-${i}`), String(i).repeat(5000));
    archive = execFileSync("tar", ["-czf", "-", "-C", made, "pulumi"]);
    rmSync(made, { recursive: true });
  });
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "tools-"));
    ({ server, base } = await listen(({ url }, response) => {
      if (url === "/k3d-linux-amd64") response.end(content);
      else if (url === "/pulumi.tar.gz") response.end(archive);
      else if (url === "/checksums.txt") response.end(published);
      else response.writeHead(404).end();
    }));
  });
  afterEach(() => {
    close(server);
    rmSync(folder, { recursive: true });
  });

  const get = (digest?: string, file = "k3d-linux-amd64") =>
    download("k3d", { url: `${base}/${file}`, checksums: `${base}/checksums.txt`, digest, unpack: false }, folder);

  it("is kept when its digest is the pinned one, whatever the publisher's list says", async () => {
    published = `${"0".repeat(64)}  k3d-linux-amd64\n`;
    await get(sum);
    assert.deepEqual(readdirSync(folder), ["k3d"]);
    assert.deepEqual(readFileSync(path.join(folder, "k3d")), content);
  });

  it("is not kept when its digest is not the pinned one, also when the publisher's list agrees with it", async () => {
    published = `${sum}  k3d-linux-amd64\n`;
    await assert.rejects(get("0".repeat(64)), {
      message: `k3d-linux-amd64 has the SHA-256 ${sum}, but versions.json pins ${"0".repeat(64)}; it was not kept`,
    });
    assert.deepEqual(readdirSync(folder), []);
  });

  it("is compared with the publisher's list when no digest is pinned", async () => {
    published = `${"0".repeat(64)}  _dist/k3d-darwin-amd64\n${sum}  _dist/k3d-linux-amd64\n`;
    await get();
    assert.deepEqual(readdirSync(folder), ["k3d"]);
    published = `${sum}  k3d-linux-arm64\n`;
    await assert.rejects(get(), /but http:.*checksums.txt has none for it; it was not kept$/);
  });

  it("is whole when two commands download it at once, and replaces what was there", async () => {
    mkdirSync(path.join(folder, "pulumi"));
    writeFileSync(path.join(folder, "pulumi", "old"), "");
    const source = { url: `${base}/pulumi.tar.gz`, checksums: "", digest: sha256(archive), unpack: true };
    await Promise.all(Array.from({ length: 4 }, () => download("pulumi", source, folder)));
    assert.deepEqual(readdirSync(folder), ["pulumi"]);
    assert.equal(readdirSync(path.join(folder, "pulumi")).length, 30);
  });

  it("is unpacked from an archive without a top folder", async () => {
    const made = mkdtempSync(path.join(tmpdir(), "istioctl-"));
    writeFileSync(path.join(made, "istioctl"), "");
    archive = execFileSync("tar", ["-czf", "-", "-C", made, "istioctl"]);
    rmSync(made, { recursive: true });
    const source = { url: `${base}/pulumi.tar.gz`, checksums: "", digest: sha256(archive), unpack: true };
    await download("istioctl", { ...source, topFolder: false }, folder);
    assert.deepEqual(readdirSync(path.join(folder, "istioctl")), ["istioctl"]);
  });

  it("is named with its address when it does not exist", async () => {
    await assert.rejects(get(sum, "k3d-plan9"), { message: `${base}/k3d-plan9 answers 404` });
  });

  it("has a checksum in the forms that publishers use", () => {
    assert.equal(checksumOf("ABC  a.tar.gz", "a.tar.gz"), "abc");
    assert.equal(checksumOf("abc *dist/a", "a"), "abc");
    assert.equal(checksumOf("", "a"), undefined);
    assert.equal(checksumOf(`${"AB".repeat(32)}\n`, "kubectl"), "ab".repeat(32));
  });

  it("has digests that are SHA-256, by tool, version and platform", () => {
    for (const [name, digest] of Object.entries(versions.digests)) {
      assert.match(name, /^(k3d|pulumi|kubectl|istioctl)-\d+\.\d+\.\d+-(linux|darwin)-(amd64|arm64)$/);
      assert.match(digest, /^[0-9a-f]{64}$/);
    }
  });
});

describe("a file that is fetched", () => {
  let server: Server | undefined;
  const names = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
  ];
  const saved = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  beforeEach(() => {
    for (const name of names) delete process.env[name];
  });
  afterEach(() => {
    if (server) close(server);
    for (const [name, value] of Object.entries(saved)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it("fails when the server accepts and sends nothing, sends too slowly, or closes the connection early", async () => {
    const timers = new Set<NodeJS.Timeout>();
    const made = await listen(({ url }, response) => {
      if (url === "/silent") return;
      response.writeHead(200, { "content-length": 1000 });
      if (url === "/half") response.write("half", () => response.destroy());
      else timers.add(setInterval(() => response.write("."), 20));
    });
    server = made.server;
    await assert.rejects(fetchFile(`${made.base}/silent`, { stalled: 0.2 }), /silent: no data for 0.2 s$/);
    await assert.rejects(fetchFile(`${made.base}/slow`, { seconds: 0.3 }), /slow: not complete after 0.3 s$/);
    await assert.rejects(
      fetchFile(`${made.base}/half`),
      /half cannot be reached \(.+\); fix: the network, or HTTPS_PROXY/,
    );
    for (const timer of timers) clearInterval(timer);
  });

  it("goes by the proxy, unless NO_PROXY has the host, and names the proxy's variable when it fails", async () => {
    const asked: string[] = [];
    const proxy = await listen((_request, response) => response.writeHead(400).end());
    server = proxy.server;
    server.on("connect", ({ url }, socket) => {
      asked.push(String(url));
      const [host] = String(url).split(":");
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${host?.length}\r\n\r\n${host}`));
      socket.on("error", () => {});
    });
    process.env["HTTP_PROXY"] = proxy.base;
    assert.equal((await fetchFile("http://charts.test:81/index.yaml")).toString(), "charts.test");
    assert.deepEqual(asked, ["charts.test:81"]);
    process.env["NO_PROXY"] = "127.0.0.1";
    await assert.rejects(fetchFile(`${proxy.base}/x`), {
      message: `${proxy.base}/x answers 400, with the proxy of HTTP_PROXY`,
    });
  });
});
