import assert from "node:assert/strict";
import { clusterSettings, k3dConfig } from "../../../model/cluster/k3dConfig";
import { mirrorLogins, parseCredentials, parseMirrors, registriesFile } from "../../../model/cluster/registries";
import { parseSettings } from "../../../model/settings/parse";

describe("registries", () => {
  it("are mirrored by host", () => {
    assert.deepEqual(parseMirrors("docker.io=https://a.b:5000, quay.io=http://c.d/quay"), {
      "docker.io": "https://a.b:5000",
      "quay.io": "http://c.d/quay",
    });
    assert.deepEqual(parseMirrors("none"), {});
  });

  it("reach the nodes by a text of several lines, which k3d does not take for a file's name", () => {
    const { settings } = parseSettings({ registryMirrors: "docker.io=https://a.b" });
    assert.ok(settings);
    const { registries } = k3dConfig(
      clusterSettings({ ...settings, registry: false }),
      { stack: "s", id: "1", state: "here" },
      "generation",
    );
    assert.equal(registries.config, registriesFile({ "docker.io": "https://a.b" }));
    assert.ok(registries.config.includes("\n"));
    assert.deepEqual(JSON.parse(registries.config), { mirrors: { "docker.io": { endpoint: ["https://a.b"] } } });
  });

  it("give the nodes the credentials of the pull secret, for the hosts of the mirrors only", () => {
    const pullSecret = JSON.stringify({
      auths: {
        "a.b:5000": { auth: btoa("user:pa:ss") },
        "https://c.d/v1/": { username: "other", password: "word" },
        "ghcr.io": { auth: btoa("user:elsewhere") },
      },
    });
    const logins = mirrorLogins("docker.io=https://a.b:5000,quay.io=http://c.d/quay", pullSecret);
    assert.deepEqual(logins, {
      "a.b:5000": { username: "user", password: "pa:ss" },
      "c.d": { username: "other", password: "word" },
    });
    const { configs } = JSON.parse(registriesFile({ "docker.io": "https://a.b:5000" }, logins));
    assert.deepEqual(configs["c.d"], { auth: { username: "other", password: "word" } });
    assert.deepEqual(mirrorLogins("docker.io=https://a.b", "none"), {});
    assert.deepEqual(mirrorLogins("none", pullSecret), {});
  });

  it("let the nodes in by a password outside of ASCII, which Docker encodes as UTF-8", () => {
    const auth = Buffer.from("user:pässwört€").toString("base64");
    assert.deepEqual(mirrorLogins("docker.io=https://a.b", JSON.stringify({ auths: { "a.b": { auth } } })), {
      "a.b": { username: "user", password: "pässwört€" },
    });
  });

  it("accept a password with a colon, and none for a host without credentials", () => {
    assert.deepEqual(parseCredentials("user:pa:ss"), { username: "user", password: "pa:ss" });
    assert.deepEqual(parseCredentials("none"), {});
  });
});
