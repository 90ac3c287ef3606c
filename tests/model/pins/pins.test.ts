import assert from "node:assert/strict";
import { minorOf, supportedIstio } from "../../../model/mesh/versions";
import { pinnedParts } from "../../../model/pins/pins";
import { isSame, newestByMinor, newestVersion, releaseOf, tagsOfFeed } from "../../../model/pins/releases";
import { versionsReport } from "../../../model/pins/report";
import { parseSettings } from "../../../model/settings/parse";
import versions from "../../../versions.json";

const { settings } = parseSettings({});
assert.ok(settings);

describe("releases", () => {
  it("are recognized by their tags, and pre-releases are none", () => {
    const tags = ["v5.9.0", "1.31.4", "v1.34.5+k3s1", "curl-8_17_0", "1.32.0-rc.0", "v1.35.0-rc1+k3s1", "nightly"];
    assert.deepEqual(
      tags.flatMap((tag) => releaseOf(tag) ?? []),
      ["v5.9.0", "1.31.4", "v1.34.5-k3s1", "8.17.0"],
    );
  });

  it("are ordered by number, with and without v", () => {
    assert.equal(newestVersion(["v1.9.0", "1.10.0", "v1.2.0"]), "1.10.0");
    assert.equal(newestVersion([]), undefined);
    assert.ok(isSame("v5.8.3", "5.8.3"));
    assert.deepEqual(newestByMinor(["1.30.3", "1.30.10", "1.31.4", "1.33.0"], ["1.30", "1.31", "1.32"]), [
      "1.30.10",
      "1.31.4",
    ]);
  });

  it("are read from GitHub's feed", () => {
    const feed = "<feed><id>tag:github.com,2008:https://x</id><entry><id>tag:github.com,2008:Repository/1/v5.9.0</id>";
    assert.deepEqual(tagsOfFeed(feed), ["v5.9.0"]);
  });
});

describe("the report about versions", () => {
  const all = pinnedParts(settings, { "@pulumi/pulumi": "1.0.0", "@pulumi/tls": "5.5.1", yaml: "1.0.0" });
  const lineOf = (name: string, releases: readonly string[] | Error) => {
    const looked = all.map((pin) => ({ pin, releases: pin.name === name ? releases : new Error("down; fix: wait") }));
    return versionsReport(looked, settings)
      .split("\n")
      .find((line) => line.startsWith(`${name} `))
      ?.replaceAll(/ {2,}/g, "|");
  };

  it("names every version of versions.json, and Pulumi's providers", () => {
    const text = JSON.stringify(all);
    for (const [key, value] of Object.entries(versions))
      if (typeof value === "string" && key !== "appBase")
        assert.ok(text.includes(value.split(":").at(-1) ?? value), key);
    assert.ok(all.some(({ name }) => name === "@pulumi/tls"));
    assert.ok(!all.some(({ name }) => name === "yaml"));
  });

  it("shows the newest patch of each supported minor of Istio, and a minor that is not supported", () => {
    const [minor] = Object.keys(versions.supported.istio);
    assert.equal(
      lineOf("Istio", [`${minor}.98`, `${minor}.99`, "1.99.0"]),
      `Istio|${versions.istio}|${minor}.99|${settings.istioChartRepository}; 1.99.0 is not supported yet`,
    );
  });

  it("shows the newest Kubernetes that the stack's Istio works with", () => {
    const last = supportedIstio[minorOf(versions.istio)]?.kubernetes.at(-1);
    const newer = `v${last}.99-k3s1`;
    const line = lineOf("Kubernetes (k3s)", [newer, "v1.99.1-k3s1"]);
    assert.equal(line, `Kubernetes (k3s)|${versions.k3s}|${newer}|github.com/k3s-io/k3s`);
  });

  it("reports that a pin is the newest version only if its registry answered", () => {
    assert.equal(lineOf("k3d", [`v${versions.k3d}`]), `k3d|${versions.k3d}|the same|github.com/k3d-io/k3d`);
    assert.equal(lineOf("k3d", new Error("down; fix: wait")), `k3d|${versions.k3d}|unknown|down`);
  });

  it("shows which versions go together", () => {
    const lines = versionsReport([], settings).split("\n");
    for (const minor of Object.keys(versions.supported.istio)) assert.ok(lines.some((line) => line.startsWith(minor)));
    assert.match(
      lines.at(-1) ?? "",
      new RegExp(`^the stack uses Istio ${versions.istio} with Kubernetes ${minorOf(versions.k3s)}`),
    );
  });
});
