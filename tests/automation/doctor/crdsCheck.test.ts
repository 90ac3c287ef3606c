import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { existingChecks, existingCluster } from "../../../automation/commands/doctor/existing";
import { parseSettings } from "../../../model/settings/parse";

const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/";

describe("the doctor's check of the Gateway API in an existing cluster", () => {
  const kubeconfig = process.env["KUBECONFIG"];
  let server: Server;
  let folder = "";
  /** Version of the CRDs in the cluster; undefined without any, and "error" for an API server that fails. */
  let bundle: string | undefined;
  before(async () => {
    server = createServer(({ url = "" }, response) => {
      const answer = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
      if (!url.startsWith(crds)) return answer(200, { items: [] });
      if (bundle === "error") return answer(403, { message: "forbidden" });
      if (bundle === undefined) return answer(404, { message: "not found" });
      const annotations = { "gateway.networking.k8s.io/bundle-version": bundle };
      return answer(200, { metadata: { name: url.slice(crds.length), annotations } });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    folder = mkdtempSync(path.join(tmpdir(), "crds-check-"));
    const cluster = { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    writeFileSync(
      path.join(folder, "config"),
      JSON.stringify({
        contexts: [{ name: "mine", context: { cluster: "c", user: "u" } }],
        clusters: [{ name: "c", cluster }],
        users: [{ name: "u", user: { token: "t" } }],
      }),
    );
    process.env["KUBECONFIG"] = path.join(folder, "config");
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
    if (kubeconfig === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = kubeconfig;
  });

  const check = async (routing: string, version?: string) => {
    bundle = version;
    const { settings } = parseSettings({
      ...{ cluster: "existing", kubeContext: "mine", allowedContexts: "mine", loadBalancer: "off" },
      ...{ routing, istioVersion: "1.30.3" },
    });
    assert.ok(settings);
    const found = existingChecks.find(({ id }) => id === "gateway-api");
    return found?.run(existingCluster(settings));
  };

  it("does not run for the routes of Istio", async () => assert.equal(await check("istio"), undefined));

  it("passes without CRDs, and with new ones of somebody else", async () => {
    assert.match((await check("gateway-api"))?.evidence ?? "", /^version 1\.5\.\d+ comes with the environment$/);
    assert.equal((await check("gateway-api", "v1.5.1"))?.evidence, "those of the cluster");
  });

  it("fails with old ones, and if the cluster does not say what it has", async () => {
    const old = await check("gateway-api", "v1.2.0");
    assert.equal(old?.passed, false);
    assert.match(old?.evidence ?? "", /is of version 1\.2\.0, but Istio needs 1\.5\.0 or newer/);
    const unknown = await check("gateway-api", "error");
    assert.equal(unknown?.passed, false);
    assert.match(unknown?.evidence ?? "", /^are unknown: .*forbidden$/);
  });
});
