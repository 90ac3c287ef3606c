import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { chartFetcher } from "../../charts/archive";
import { fetchCharts } from "../../charts/cache";
import { archivePath, chartCacheFolder } from "../../model/mesh/charts";

describe("charts and their archives", () => {
  const content = Buffer.from("a chart");
  const sha256 = createHash("sha256").update(content).digest("hex");
  let server: Server;
  let repository = "";
  /** The same server by another name, and what it was told by who asked there. */
  let other = "";
  const elsewhere: (string | undefined)[] = [];
  before(async () => {
    server = createServer((request, response) => {
      const entry = (version: string, sum: string) => [{ version, urls: ["charts/a.tgz"], digest: sum }];
      const entries = {
        base: entry("1.30.3", sha256),
        istiod: entry("1.30.3", "0".repeat(64)),
        metallb: entry("v0.15.2", sha256),
      };
      const { authorization } = request.headers;
      if (request.url === "/closed/index.yaml") {
        if (authorization !== `Basic ${Buffer.from("user:pass").toString("base64")}`) response.writeHead(401).end();
        else response.end(stringify({ entries: { base: [{ version: "1.30.3", urls: [other], digest: sha256 }] } }));
      } else if (request.url === "/other/a.tgz") {
        elsewhere.push(authorization);
        response.end(content);
      } else if (request.url === "/login/index.yaml") response.end("<html>sign in</html>");
      else if (request.url === "/r/index.yaml") response.end(stringify({ entries }));
      else if (request.url === "/r/charts/a.tgz") response.end(content);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    repository = `http://127.0.0.1:${port}/r`;
    other = `http://localhost:${port}/other/a.tgz`;
  });
  after(() => server.close());

  it("are fetched by the index, from beside it, whether a version has a v or not", async () => {
    for (const [name, version] of [
      ["base", "1.30.3"],
      ["metallb", "0.15.2"],
    ] as const)
      assert.equal((await chartFetcher("none")({ name, version, repository })).digest, sha256);
  });

  it("are fetched with the password of their repository, which is sent to no other host", async () => {
    const chart = { name: "base", version: "1.30.3", repository: `${repository.slice(0, -1)}closed` };
    await assert.rejects(chartFetcher("user:wrong")(chart), { message: /answers 401$/ });
    assert.equal((await chartFetcher("user:pass")(chart)).digest, sha256);
    assert.equal(elsewhere.length, 1);
    assert.deepEqual(elsewhere, [undefined], "the password went to another host");
  });

  for (const [what, chart, message] of [
    ["that is not what the index says", { name: "istiod", version: "1.30.3" }, /is not what its index says/],
    ["of another version", { name: "base", version: "1.30.4" }, /is not in its index$/],
    [
      "of a repository that is not there",
      { name: "base", version: "1.30.3", repository: "http://127.0.0.1:1" },
      /cannot be fetched/,
    ],
    ["of an OCI registry", { name: "base", version: "1.30.3", repository: "oci://a.b/c" }, /OCI registry/],
  ] as const)
    it(`are refused: one ${what}`, async () => {
      await assert.rejects(chartFetcher("none")({ repository, ...chart }), { message });
    });

  it("are refused if the index is the page of a login", async () => {
    const chart = { name: "base", version: "1.30.3", repository: `${repository.slice(0, -1)}login` };
    await assert.rejects(chartFetcher("none")(chart), {
      message: /\/login cannot be fetched: \S+\/login\/index\.yaml is not the index of a chart repository$/,
    });
  });

  describe("that are kept", () => {
    const [from, own] = [process.cwd(), { ...process.env }];
    let folder = "";
    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), "charts-"));
      process.chdir(folder);
      for (const name of Object.keys(process.env))
        if (/^(https?_proxy|node_use_env_proxy)$/i.test(name)) delete process.env[name];
    });
    afterEach(async () => {
      process.chdir(from);
      for (const [name, value] of Object.entries(own)) process.env[name] = value;
      delete process.env["http_proxy"];
      await rm(folder, { recursive: true });
    });
    const chart = (name: string, version = "1.30.3") => ({ name, version, repository });

    it("are in the folder that the program reads, which git ignores", async () => {
      const { paths, missing } = await fetchCharts([chart("base"), chart("metallb", "0.15.2")], "none");
      assert.deepEqual(missing, []);
      assert.deepEqual(paths, { base: archivePath(chart("base")), metallb: archivePath(chart("metallb", "0.15.2")) });
      for (const file of Object.values(paths)) assert.deepEqual(await readFile(file), content);
      const all = await readdir(chartCacheFolder, { recursive: true, withFileTypes: true });
      const files = all.filter((each) => each.isFile()).map(({ name }) => name);
      assert.deepEqual(files.sort(), [".gitignore", "base-1.30.3.tgz", "metallb-0.15.2.tgz"]);
      assert.equal(await readFile(path.join(chartCacheFolder, ".gitignore"), "utf8"), "*\n");
    });

    it("are cached if they can be fetched, and the others are reported with the reason", async () => {
      const { paths, missing } = await fetchCharts([chart("base"), chart("istiod")], "none");
      assert.deepEqual(Object.keys(paths), ["base"]);
      assert.match(missing.join("\n"), /^chart istiod 1\.30\.3 of \S+ is not what its index says: \w+$/);
    });

    it("are not fetched again, and only the missing ones are", async () => {
      const gone = { ...chart("metallb", "0.15.2"), repository: "http://127.0.0.1:1/charts" };
      await mkdir(path.dirname(archivePath(gone)), { recursive: true });
      await writeFile(archivePath(gone), "kept");
      const { paths, missing } = await fetchCharts([gone, chart("base")], "none");
      assert.deepEqual(paths, { metallb: archivePath(gone), base: archivePath(chart("base")) });
      assert.deepEqual(missing, []);
      assert.equal(await readFile(archivePath(gone), "utf8"), "kept");
      process.env["http_proxy"] = "http://127.0.0.1:1";
      assert.deepEqual((await fetchCharts([gone, chart("istiod")], "none")).paths, { metallb: archivePath(gone) });
    });

    it("are reported as missing, with the variable of the proxy that does not answer", async () => {
      process.env["http_proxy"] = "http://127.0.0.1:1";
      const { paths, missing } = await fetchCharts([chart("base")], "none");
      assert.deepEqual(paths, {});
      assert.match(missing.join("\n"), /cannot be reached \(ECONNREFUSED\), with the proxy of http_proxy/);
    });
  });
});
