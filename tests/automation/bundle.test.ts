import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { stringify } from "yaml";
import { archive } from "../../automation/bundle";
import { bundleTable, charts, imagesOf, runBy } from "../../model/bundle";
import { parseSettings } from "../../model/settings";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

describe("the images of a bundle", () => {
  it("are each named once, with digest, and with tag where there is one", () => {
    const names = [`quay.io/m/speaker@${digest("a")}`, "quay.io/m/speaker:v1"];
    const port = [`localhost:5000/app@${digest("b")}`, "localhost:5000/app:2.0"];
    assert.deepEqual(
      imagesOf([names, port, names, ["no/digest:1"], [`no/tag@${digest("c")}`], ["localhost:5000/app"]]),
      [
        { image: "localhost:5000/app:2.0", digest: digest("b") },
        { image: "no/tag", digest: digest("c") },
        { image: "quay.io/m/speaker:v1", digest: digest("a") },
      ],
    );
  });

  it("are those of a pod's containers too, of which its node may not have told yet", () => {
    const pod = {
      status: {
        containerStatuses: [
          { image: "docker.io/istio/proxyv2:1", imageID: `docker.io/istio/proxyv2@${digest("a")}` },
          { image: "my/app:1", imageID: `docker-pullable://my/app@${digest("b")}` },
        ],
        initContainerStatuses: [{ image: "docker.io/waits:1", imageID: "" }],
      },
    };
    assert.deepEqual(imagesOf([...runBy(pod), ...runBy({ status: {} })]), [
      { image: "docker.io/istio/proxyv2:1", digest: digest("a") },
      { image: "my/app:1", digest: digest("b") },
    ]);
  });

  it("stand in a table with the charts", () => {
    const chart = { name: "base", version: "1.30.3", repository: "https://a.b", digest: "0".repeat(64) };
    assert.equal(
      bundleTable([{ image: "a/b:1", digest: digest("a") }], [chart]),
      [`image  a/b:1        ${digest("a")}`, `chart  base 1.30.3  ${digest("0")}`].join("\n"),
    );
  });
});

describe("the charts of a bundle", () => {
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
      } else if (request.url === "/r/index.yaml") response.end(stringify({ entries }));
      else if (request.url === "/r/charts/a.tgz") response.end(content);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    repository = `http://127.0.0.1:${port}/r`;
    other = `http://localhost:${port}/other/a.tgz`;
  });
  after(() => server.close());

  it("are those that the configuration asks for", () => {
    const named = (config: Readonly<Record<string, string>>) => {
      const { settings } = parseSettings(config);
      return settings && charts(settings).map(({ name, version }) => `${name} ${version}`);
    };
    assert.deepEqual(named({}), ["metallb 0.15.2", "base 1.30.3", "istiod 1.30.3", "gateway 1.30.3"]);
  });

  it("are fetched by the index, from beside it, whether a version has a v or not", async () => {
    for (const [name, version] of [
      ["base", "1.30.3"],
      ["metallb", "0.15.2"],
    ] as const)
      assert.equal((await archive({ name, version, repository }, "none")).digest, sha256);
  });

  it("are fetched with the password where the repository asks for one, and from no other host", async () => {
    const chart = { name: "base", version: "1.30.3", repository: `${repository.slice(0, -1)}closed` };
    await assert.rejects(archive(chart, "user:wrong"), { message: /answers 401$/ });
    assert.equal((await archive(chart, "user:pass")).digest, sha256);
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
      await assert.rejects(archive({ repository, ...chart }, "none"), { message, exitCode: 1 });
    });
});
