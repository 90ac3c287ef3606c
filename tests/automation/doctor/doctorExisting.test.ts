import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { existingChecks, existingCluster } from "../../../automation/commands/doctor/existing";
import { runChecks } from "../../../automation/stack/check";
import { parseSettings } from "../../../model/settings/parse";

describe("the doctor's checks of an existing cluster", () => {
  const before = process.env["KUBECONFIG"];
  let folder = "";
  let server: Server;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "existing-"));
    server = createServer((_request, response) => response.end('{"items":[]}'));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    process.env["KUBECONFIG"] = path.join(folder, "config");
  });
  afterEach(() => {
    if (before === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = before;
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  it("run the exec plugin of the context once", async function () {
    // the Kubernetes client is large
    this.timeout(120_000);
    const credential =
      '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}';
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      interactiveMode: "Never",
      command: "sh",
      args: ["-c", `echo run >> '${folder}/calls'; echo '${credential}'`],
    };
    const { port } = server.address() as AddressInfo;
    const config = {
      contexts: [{ name: "dev", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: "u", user: { exec } }],
    };
    writeFileSync(path.join(folder, "config"), JSON.stringify(config));
    const { settings } = parseSettings({
      ...{
        cluster: "existing",
        kubeContext: "dev",
        allowedContexts: "dev",
        loadBalancer: "off",
        routing: "gateway-api",
      },
    });
    assert.ok(settings);
    const results = await runChecks(existingChecks, existingCluster(settings));
    assert.deepEqual(
      results.map(({ id }) => id),
      ["context", "istio", "gateway-api"],
    );
    assert.equal(readFileSync(path.join(folder, "calls"), "utf8"), "run\n");
  });
});
