import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { contextAccess } from "../../host/kubeconfig";
import { Api } from "../../host/kubernetes";

type Fields = Readonly<Record<string, unknown>>;

describe("a kubeconfig that cannot work", () => {
  const { KUBECONFIG } = process.env;
  const server = createServer(({ url = "" }, response) => {
    response.end(url.startsWith("/login") ? "<html>log in</html>" : url.startsWith("/null") ? "null" : '{"items":[]}');
  });
  let folder = "";
  let address = "";
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "kubeconfig-"));
    process.env["KUBECONFIG"] = path.join(folder, "config");
  });
  afterEach(() => {
    if (KUBECONFIG === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = KUBECONFIG;
    rmSync(folder, { recursive: true });
  });

  const written = (text: string) => {
    writeFileSync(path.join(folder, "config"), text);
    return new Api(contextAccess("dev")).get("/api/v1/nodes");
  };
  const asked = (user: unknown, cluster: Fields = {}) =>
    written(
      JSON.stringify({
        contexts: [{ name: "dev", context: { cluster: "k", user: "u" } }],
        clusters: [{ name: "k", cluster: { server: address, ...cluster } }],
        users: [{ name: "u", user }],
      }),
    );
  /** A user with an exec plugin that prints a text. */
  const plugin = (output: string) => {
    const command = path.join(folder, "plugin");
    writeFileSync(command, `#!/bin/sh\ncat <<'END'\n${output}\nEND\n`);
    chmodSync(command, 0o755);
    return { exec: { apiVersion: "client.authentication.k8s.io/v1", command } };
  };

  for (const [output, reason] of [
    ["hello", "its output is no ExecCredential with a status"],
    ["", "its output is no ExecCredential with a status"],
    ['{"kind":"ExecCredential"}', "its output is no ExecCredential with a status"],
    ["null", "its output has no token and no certificate"],
    ['{"kind":"ExecCredential","status":{}}', "its output has no token and no certificate"],
  ] as const)
    it(`names the exec plugin that prints ${JSON.stringify(output)}`, async () => {
      await assert.rejects(asked(plugin(output)), {
        exitCode: 4,
        message: `kubeContext = "dev": its exec plugin ${path.join(folder, "plugin")} failed: ${reason}`,
      });
    });

  const isRefused: readonly (readonly [user: unknown, cluster: Fields, message: RegExp])[] = [
    [{ exec: "aws" }, {}, /its exec plugin has no command/],
    [{ exec: { apiVersion: "x" } }, {}, /its exec plugin has no command/],
    [{ tokenFile: "absent" }, {}, /its tokenFile \S+absent cannot be read: ENOENT$/],
    [{ tokenFile: "." }, {}, /its tokenFile \S+ cannot be read: EISDIR$/],
    [{ tokenFile: "/dev/null" }, {}, /its tokenFile \/dev\/null is empty$/],
    ["me", {}, /users must be a list, and each of its entries must have a name and a map user$/],
    [{ "auth-provider": { name: "gcp" } }, {}, /its auth-provider gcp is one that Kubernetes removed in 1\.26; fix: /],
    [{}, { server: "127.0.0.1:6443" }, /server = "127\.0\.0\.1:6443" must be https:\/\/HOST:PORT or http:/],
    [{}, { server: "ftp://a" }, /server = "ftp:\/\/a" must be https/],
    [{}, { "proxy-url": "banana" }, /proxy-url = "banana" must be http:/],
    [{}, { "proxy-url": 5 }, /proxy-url = 5 must be http:/],
    [
      { "client-certificate-data": "aGVsbG8=", "client-key-data": "aGVsbG8=" },
      {},
      /its certificates or keys cannot be used/,
    ],
  ];
  for (const [user, cluster, message] of isRefused)
    it(`is refused with ${JSON.stringify(typeof user === "string" ? { user } : { ...(user as Fields), ...cluster })}`, async () => {
      await assert.rejects(asked(user, cluster), ({ message: text, exitCode }: Error & { exitCode?: number }) => {
        assert.match(text, message);
        assert.ok(text.startsWith('kubeContext = "dev": '), text);
        assert.equal(exitCode, 4);
        return true;
      });
    });

  for (const text of [
    "- a",
    "contexts: {}",
    "contexts:\n- null",
    "contexts:\n- context: {}",
    "contexts:\n- name: dev\n  context: hello",
  ])
    it(`is refused with the name of its file when it is ${JSON.stringify(text)}`, async () => {
      await assert.rejects(written(text), /the kubeconfig \S+config cannot be read: /);
    });

  it("is not refused for fields that are null or empty", async () => {
    assert.deepEqual(await asked({ exec: null }, { "proxy-url": "" }), { items: [] });
  });

  for (const place of ["login", "null"])
    it(`names a server that is no API server, but answers ${place}`, async () => {
      await assert.rejects(asked({}, { server: `${address}/${place}` }), {
        message: "/api/v1/nodes answers 200: no JSON object, so the server of the kubeconfig may be no API server",
      });
    });
});
