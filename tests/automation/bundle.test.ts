import assert from "node:assert/strict";
import { bundleTable, imagesOf, runBy } from "../../model/output/bundle";

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
