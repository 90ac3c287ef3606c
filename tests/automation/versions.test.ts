import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { showVersions } from "../../automation/commands/versions";

describe("npm run versions", () => {
  let server: Server;
  let url = "";
  before(async () => {
    server = createServer((request, response) => {
      if (request.url === "/@pulumi/tls/latest") response.end(JSON.stringify({ version: "99.0.0" }));
      else if (request.url === "/k3d-io/k3d/releases.atom")
        response.end("<id>tag:github.com,2008:Repository/1/v98.0.0</id>");
      else if (request.url === "/k3s-io/k3s/releases.atom") response.end("<feed></feed>");
      else response.writeHead(500).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  it("queries each registry, and shows why one lists no release", async () => {
    const lines: string[] = [];
    await showVersions("none", (line) => lines.push(line), { npm: `${url}/`, github: url });
    const text = lines.join("\n");
    assert.match(text, /^@pulumi\/tls +\S+ +99\.0\.0 +npm$/m);
    assert.match(text, /^k3d +\S+ +v98\.0\.0 +github\.com\/k3d-io\/k3d$/m);
    assert.match(text, /^Kubernetes \(k3s\) +\S+ +unknown +it lists no release$/m);
    assert.match(text, /^Kiali +\S+ +unknown +http:\S+ answers 500/m);
  });
});
