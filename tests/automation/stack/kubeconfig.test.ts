import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { stringify } from "yaml";
import { runningEnvironment } from "../../../automation/stack/runningEnvironment";
import { contextAccess } from "../../../host/kubeconfig";
import { kubeconfigFiles, mergedKubeconfig } from "../../../host/kubeconfigFiles";
import { Api } from "../../../host/kubernetes";
import { parseSettings } from "../../../model/settings/parse";
import { type ConnectProxy, connectProxy } from "../../support/connectProxy";
import { certificates } from "../../support/fakeGateway";

type Fields = Readonly<Record<string, unknown>>;

describe("a context of the user's kubeconfig", () => {
  const names = ["KUBECONFIG", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"];
  const saved = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  let folder = "";
  let ca = "";
  let server: Server;
  let port = 0;

  before(async function () {
    // the library is large, and loaded once
    this.timeout(120_000);
    await import("@kubernetes/client-node");
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "kubeconfig-"));
    for (const name of names) delete process.env[name];
    if (port > 0) return;
    const made = await certificates("cluster.test", ["api.cluster.test"]);
    ca = made.ca;
    server = createServer(made, ({ url, headers }, response) => {
      response.end(JSON.stringify({ url, authorization: headers.authorization }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    for (const [name, value] of Object.entries(saved)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  const write = (name: string, content: object) => writeFileSync(path.join(folder, name), stringify(content));
  const use = (...files: readonly string[]) => {
    process.env["KUBECONFIG"] = files.map((name) => path.join(folder, name)).join(path.delimiter);
  };
  const context = (name: string) => ({ contexts: [{ name, context: { cluster: "c", user: "u" } }] });
  const config = (cluster: Fields, user: Fields) => ({
    ...context("dev"),
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user }],
  });
  const trusted = () => ({
    server: `https://127.0.0.1:${port}`,
    "tls-server-name": "api.cluster.test",
    "certificate-authority-data": Buffer.from(ca).toString("base64"),
  });
  const ask = () => new Api(contextAccess("dev")).get<{ url: string; authorization?: string }>("/api/v1/nodes");

  it("is merged from several files, of which the first wins and a missing one is skipped", async () => {
    writeFileSync(path.join(folder, "ca.pem"), ca);
    const { "certificate-authority-data": _, ...rest } = trusted();
    write("one", context("dev"));
    write("two", { clusters: [{ name: "c", cluster: { ...rest, "certificate-authority": "ca.pem" } }] });
    write("three", {
      clusters: [{ name: "c", cluster: { server: "https://wrong.test" } }],
      users: [{ name: "u", user: { token: "t" } }],
    });
    use("missing", "one", "two", "three");
    assert.deepEqual(await ask(), { url: "/api/v1/nodes", authorization: "Bearer t" });
  });

  it("authenticates by an exec plugin, which gets its API version", async () => {
    const plugin = path.join(folder, "plugin");
    const script = [
      "#!/bin/sh",
      'case "$KUBERNETES_EXEC_INFO" in *client.authentication.k8s.io/v1beta1*) ;; *) exit 1;; esac',
      `echo '{"kind":"ExecCredential","status":{"token":"'"$1-$STAGE"'"}}'`,
    ];
    writeFileSync(plugin, `${script.join("\n")}\n`);
    chmodSync(plugin, 0o755);
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "./plugin",
      args: ["get-token"],
      env: [{ name: "STAGE", value: "dev" }],
    };
    write("config", config(trusted(), { exec }));
    use("config");
    assert.equal((await ask()).authorization, "Bearer get-token-dev");
  });

  it("names the exec plugin that is missing or fails, with its hint", async () => {
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "no-such-plugin",
      installHint: "install it",
    };
    write("config", config(trusted(), { exec }));
    use("config");
    await assert.rejects(ask(), {
      exitCode: 4,
      message: 'kubeContext = "dev": its exec plugin no-such-plugin failed: spawn no-such-plugin ENOENT; install it',
    });
    write("config", config(trusted(), { exec: { ...exec, command: "sh", args: ["-c", "echo log in >&2; exit 1"] } }));
    await assert.rejects(ask(), /its exec plugin sh failed: log in; install it$/);
  });

  it("reads a token from a file beside it", async () => {
    writeFileSync(path.join(folder, "token"), "from-file");
    write("config", config(trusted(), { tokenFile: "token" }));
    use("config");
    assert.equal((await ask()).authorization, "Bearer from-file");
  });

  it("keeps the path of the server's URL, and skips verification with insecure-skip-tls-verify", async () => {
    write(
      "config",
      config(
        { server: `https://127.0.0.1:${port}/k8s/clusters/c-1`, "insecure-skip-tls-verify": true },
        { token: "t" },
      ),
    );
    use("config");
    assert.equal((await ask()).url, "/k8s/clusters/c-1/api/v1/nodes");
  });

  describe("behind a proxy", () => {
    let proxy: ConnectProxy;
    beforeEach(async () => {
      proxy = await connectProxy(port);
    });
    afterEach(() => proxy.close());

    const elsewhere = () => ({ ...trusted(), server: `https://api.cluster.test:${port}` });

    it("is reached by the proxy that the kubeconfig names", async () => {
      write("config", config({ ...elsewhere(), "proxy-url": proxy.address }, { token: "t" }));
      use("config");
      assert.equal((await ask()).authorization, "Bearer t");
      assert.deepEqual(proxy.hosts, [`api.cluster.test:${port}`]);
    });

    it("is reached by the proxy of the environment, unless NO_PROXY has the host", async () => {
      process.env["HTTPS_PROXY"] = proxy.address;
      write("config", config(elsewhere(), { token: "t" }));
      use("config");
      assert.equal((await ask()).authorization, "Bearer t");
      process.env["NO_PROXY"] = "127.0.0.1";
      write("config", config(trusted(), { token: "t" }));
      await ask();
      assert.equal(proxy.hosts.length, 1);
    });
  });

  it("is looked for in the home folder if KUBECONFIG is empty, as kubectl does", () => {
    process.env["KUBECONFIG"] = "";
    assert.deepEqual(kubeconfigFiles(), [path.join(process.env["HOME"] ?? "", ".kube", "config")]);
  });

  it("is rejected with its fix if it does not exist, or if its cluster does not", async () => {
    write("config", context("dev"));
    use("config");
    const file = path.join(folder, "config");
    await assert.rejects(contextAccess("prod")(), {
      exitCode: 4,
      message: `kubeContext = "prod": context prod is not in ${file}; see: kubectl config get-contexts`,
    });
    await assert.rejects(ask(), /the cluster of context dev is not in .*kubectl config view$/);
  });

  it("is not read by a command that does not ask the API server", async () => {
    const existing = { cluster: "existing", kubeContext: "gone", allowedContexts: "gone", loadBalancer: "off" };
    const { settings } = parseSettings(existing);
    assert.ok(settings);
    const outputs = { ingressIp: { value: "10.9.0.1", secret: false }, caPem: { value: "PEM", secret: false } };
    const { api, ca } = await runningEnvironment({ name: "dev" } as Stack, 4, { settings, outputs });
    assert.equal(ca, "PEM");
    await assert.rejects(api.get("/api/v1/nodes"), { exitCode: 4 });
  });

  it("is refused if a file is no YAML", () => {
    writeFileSync(path.join(folder, "config"), "contexts: [");
    use("config");
    assert.throws(() => mergedKubeconfig(), /^Error: the kubeconfig .*config cannot be read: /);
  });
});
