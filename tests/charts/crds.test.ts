import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { crdsChart } from "../../charts/crds";
import { crdsFolder, manifestPath } from "../../model/mesh/gatewayApi";

const manifest = `kind: CustomResourceDefinition
metadata:
  annotations:
    gateway.networking.k8s.io/bundle-version: v1.5.1
`;

describe("the chart around the CRDs of the Gateway API", () => {
  const from = process.cwd();
  let server: Server;
  let folder = "";
  let requests = 0;
  let repository = "";
  before(async () => {
    server = createServer((request, response) => {
      requests++;
      if (request.url === "/r/v1.5.1/standard-install.yaml") response.end(manifest);
      else if (request.url === "/login/v1.5.1/standard-install.yaml") response.end("<html>sign in</html>");
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    repository = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "crds-"));
    process.chdir(folder);
  });
  afterEach(async () => {
    process.chdir(from);
    await rm(folder, { recursive: true });
  });
  const chart = (place: string, version = "1.5.1") => ({
    name: "gateway-api",
    version,
    repository: `${repository}/${place}`,
  });

  it("has the file as it was released, and is fetched once", async () => {
    const before = requests;
    assert.equal(await crdsChart(chart("r")), crdsFolder(chart("r")));
    await crdsChart(chart("r"));
    assert.equal(requests - before, 1);
    assert.equal(await readFile(manifestPath(chart("r")), "utf8"), manifest);
    const files = await readdir(crdsFolder(chart("r")));
    assert.deepEqual(files.sort(), ["Chart.yaml", "standard-install.yaml", "templates", "values.yaml"]);
  });

  it("is written again only where it differs", async () => {
    const values = path.join(await crdsChart(chart("r")), "values.yaml");
    const written = await stat(values);
    await crdsChart(chart("r"));
    assert.equal((await stat(values)).ino, written.ino);
    await writeFile(values, "changed: true\n");
    await crdsChart(chart("r"));
    assert.doesNotMatch(await readFile(values, "utf8"), /changed/);
  });

  for (const [title, place, version, message] of [
    [
      "is not there",
      "nothing",
      "1.5.1",
      /^gatewayApiRepository = "\S+\/nothing": the CRDs cannot be fetched: \S+ answers 404$/,
    ],
    ["is the page of a login", "login", "1.5.1", /is not the standard channel of the Gateway API 1\.5\.1$/],
    ["is of another version", "r", "1.6.1", /answers 404$/],
  ] as const)
    it(`is refused with the key and the URL if the file ${title}`, async () => {
      await assert.rejects(crdsChart(chart(place, version)), { message });
    });
});
