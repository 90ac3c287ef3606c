import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { stringify } from "yaml";
import { certificates } from "../support/fakeGateway";
import { Stubs } from "../support/stubs";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe("the script of the cluster", () => {
  const stubs = new Stubs();

  const script = (action: string, before = "") =>
    new Promise<Ended>((resolve) => {
      const call = `${before};process.argv.splice(1, 0, "main", ${JSON.stringify(action)});process.argv.length = 3;require("./k3d/main.ts");`;
      const env = { ...process.env, CLUSTER: JSON.stringify({ settings: { clusterName: "istio" } }) };
      const args = ["--import", "tsx", "--eval", call];
      execFile(process.execPath, args, { env, timeout: 15_000 }, (error, out, err) =>
        resolve({ code: error ? Number(error.code ?? -1) : 0, out, err }),
      );
    });

  it("ends with 0 and its answer", async () => {
    await stubs.program("k3d", 'echo "kubeconfig of $3"');
    assert.deepEqual(await script("kubeconfig"), { code: 0, out: "kubeconfig of istio\n", err: "" });
  });

  it("ends with 1 and the reason if a command fails", async () => {
    await stubs.program("k3d", "echo no such cluster >&2; exit 1");
    const { code, err } = await script("kubeconfig");
    assert.deepEqual({ code, err }, { code: 1, err: "k3d kubeconfig get: no such cluster\n" });
  });

  it("ends with 1 and a message if nothing is left that could end the action", async () => {
    await stubs.program("k3d", "exit 0");
    // a promise that never settles, as one whose events were all missed
    const { code, out, err } = await script(
      "kubeconfig",
      'require("./host/process.ts"); const k = require.resolve("./host/process.ts"); require.cache[k].exports = { ...require.cache[k].exports, capture: () => new Promise(() => {}) }',
    );
    assert.deepEqual({ code, out }, { code: 1, out: "" });
    assert.match(err, /^k3d\/main kubeconfig ended before it was done; look: docker ps -a/);
  });

  describe("whose API server ends its answers in the middle", () => {
    let server: Server;
    afterEach(() => {
      server.close();
      server.closeAllConnections();
    });

    it("does not report a healthy cluster", async () => {
      const { ca, cert, key } = await certificates("cluster.test", ["localhost"]);
      let asked = 0;
      server = createServer({ cert, key }, (_request, response) => {
        asked++;
        response.writeHead(200, { "content-length": 1000 });
        response.write("{", () => response.destroy());
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const cluster = {
        server: `https://localhost:${(server.address() as AddressInfo).port}`,
        "certificate-authority-data": Buffer.from(ca).toString("base64"),
      };
      await writeFile(
        stubs.file("kubeconfig"),
        stringify({ clusters: [{ cluster }], users: [{ user: { token: "t" } }] }),
      );
      await stubs.program("k3d", `cat ${path.join(stubs.folder, "kubeconfig")}`);
      const { waitForCluster } = await import("../../k3d/api");
      assert.ok(await waitForCluster("istio", 1, 0.5));
      assert.ok(asked > 0);
    });
  });
});
