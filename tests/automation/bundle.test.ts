import assert from "node:assert/strict";
import { bundleTable, imagesOf, imagesRunBy } from "../../model/output/bundle";
import { installSteps } from "../../model/output/bundleSteps";
import { pluginsOf } from "../../model/output/plugins";
import { dependencies } from "../../package.json";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

describe("the images of a bundle", () => {
  it("are listed once each, with their digest, and with their tag if they have one", () => {
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

  it("include those of a pod's containers that its node has not reported yet", () => {
    const pod = {
      status: {
        containerStatuses: [
          { image: "docker.io/istio/proxyv2:1", imageID: `docker.io/istio/proxyv2@${digest("a")}` },
          { image: "my/app:1", imageID: `docker-pullable://my/app@${digest("b")}` },
        ],
        initContainerStatuses: [{ image: "docker.io/waits:1", imageID: "" }],
      },
    };
    assert.deepEqual(imagesOf([...imagesRunBy(pod), ...imagesRunBy({ status: {} })]), [
      { image: "docker.io/istio/proxyv2:1", digest: digest("a") },
      { image: "my/app:1", digest: digest("b") },
    ]);
  });

  it("stand in a table with the charts and the provider plugins", () => {
    const chart = { name: "base", version: "1.30.3", repository: "https://a.b" };
    const table = bundleTable({
      images: [{ image: "a/b:1", digest: digest("a") }],
      archives: [{ ...chart, digest: "0".repeat(64) }],
      mirrored: [{ ...chart, name: "istiod", repository: "oci://ghcr.io/istio/release/charts/" }],
      plugins: pluginsOf({ "@pulumi/tls": "5.5.1", "@pulumi/pulumi": "3.259.0" }, "linux-amd64"),
    });
    assert.equal(
      table,
      [
        `image   a/b:1          ${digest("a")}`,
        `chart   base 1.30.3    sha256:${"0".repeat(64)}`,
        "chart   istiod 1.30.3  oci://ghcr.io/istio/release/charts/istiod:1.30.3, which is mirrored like an image",
        "plugin  tls 5.5.1      https://get.pulumi.com/releases/plugins/pulumi-resource-tls-v5.5.1-linux-amd64.tar.gz",
      ].join("\n"),
    );
  });

  it("are packed with the CRDs of the Gateway API, in the folder that the program reads", () => {
    const crds = { name: "gateway-api", version: "1.5.1", repository: "https://a.b/r", digest: "0".repeat(64) };
    const table = bundleTable({ images: [], archives: [], mirrored: [], plugins: [], crds: [crds] });
    assert.equal(table, `CRDs  gateway-api 1.5.1  sha256:${"0".repeat(64)}`);
    const folder = ".tools/charts/a.b/r/gateway-api-1.5.1";
    assert.equal(
      installSteps([], [], [crds]).at(-1),
      `mkdir -p "${folder}" && cp "$FOLDER/gateway-api-1.5.1.yaml" "${folder}/standard-install.yaml"`,
    );
  });

  it("go with every plugin of the program, which Pulumi would download", () => {
    const plugins = pluginsOf(dependencies, "linux-arm64");
    assert.deepEqual(plugins.map(({ name }) => name).sort(), ["command", "docker", "kubernetes", "tls"]);
  });

  it("go with plugins from the mirror that Pulumi itself is set to use", () => {
    const url = (overrides: string) =>
      pluginsOf({ "@pulumi/tls": "5.5.1" }, "linux-arm64", overrides)[0]?.url.replace(
        "/pulumi-resource-tls-v5.5.1-linux-arm64.tar.gz",
        "",
      );
    assert.equal(url(""), "https://get.pulumi.com/releases/plugins");
    assert.equal(
      url("^https://get.pulumi.com=https://mirror.example.com/plugins/"),
      "https://mirror.example.com/plugins",
    );
    assert.equal(url("^https://other.example.com=https://a.b,.*=http://127.0.0.1:1"), "http://127.0.0.1:1");
    assert.equal(
      url(`^github://api.github.com/(?P<org>[^/]+)/(?P<repo>[^/]+)=https://a.b/\${org}/$2`),
      "https://a.b/pulumi/pulumi-tls",
    );
    assert.equal(
      url("^github://api.github.com/=github://git.example.com/me"),
      "https://get.pulumi.com/releases/plugins",
    );
  });

  it("are installed by commands that work in any folder of the checkout", () => {
    const chart = { name: "base", version: "1.30.3", repository: "https://charts.test/istio" };
    assert.deepEqual(installSteps([chart], pluginsOf({ "@pulumi/tls": "5.5.1" }, "linux-arm64")).slice(1), [
      "FOLDER=/path/to/this/folder",
      'docker load --input "$FOLDER/images.tar"',
      'mkdir -p ".tools/charts/charts.test/istio" && cp "$FOLDER/base-1.30.3.tgz" ".tools/charts/charts.test/istio/base-1.30.3.tgz"',
      'npm run pulumi -- plugin install resource tls v5.5.1 --file "$FOLDER/pulumi-resource-tls-v5.5.1-linux-arm64.tar.gz"',
    ]);
  });
});
