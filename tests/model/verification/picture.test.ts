import assert from "node:assert/strict";
import { callOutcomes } from "../../../model/security/mtls";
import { parseSettings } from "../../../model/settings/parse";
import { environmentSvg } from "../../../model/verification/picture/environment";
import { environmentPage } from "../../../model/verification/picture/page";
import { assertGolden } from "../../support/golden";
import { scene, scenes } from "../../support/scenes";

const settingsOf = (config: Readonly<Record<string, string>>) => {
  const { settings } = parseSettings(config);
  assert.ok(settings);
  return settings;
};

describe("who may talk to whom", () => {
  const callsWith = (config: Readonly<Record<string, string>>) =>
    callOutcomes(settingsOf(config)).map((row) => row.calls.map(({ call }) => call).join(" "));
  const [open, closed, plain] = ["mTLS mTLS plain", "mTLS mTLS reset", "plain plain plain"];

  for (const [what, config, rows] of [
    ["by default", {}, [open, open, open, open]],
    ["when the mesh is STRICT", { mtlsMode: "STRICT" }, [closed, closed, closed, closed]],
    ["when the namespace is STRICT", { mtlsNamespaceMode: "STRICT" }, [closed, closed, closed, open]],
    ["when the pods are STRICT", { mtlsWorkloadMode: "STRICT" }, [closed, closed, open, open]],
    ["when one port is STRICT", { mtlsPortMode: "STRICT" }, [closed, open, open, open]],
    ["when the mesh is off", { mtlsMode: "DISABLE" }, [plain, plain, plain, plain]],
    [
      "when a port is open in a STRICT mesh",
      { mtlsMode: "STRICT", mtlsPortMode: "PERMISSIVE" },
      [open, closed, closed, closed],
    ],
    ["when the app has no sidecars", { sidecarInjection: "off" }, [plain, plain, plain, open]],
  ] as const)
    it(`is known ${what}`, () => {
      assert.deepEqual(callsWith(config), rows);
    });
});

/** Boxes of a picture with the texts in them. */
function boxesOf(svg: string) {
  return [...svg.matchAll(/<g class="part">(.*?)<\/g>/g)].map(([, inside = ""]) => {
    const rect = /x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/.exec(inside)?.slice(1).map(Number);
    const [x = 0, y = 0, width = 0, height = 0] = rect ?? [];
    const texts = [...inside.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</g)];
    return { x, y, right: x + width, bottom: y + height, texts };
  });
}

describe("the picture of an environment", () => {
  it("is the one in the documentation", () => {
    assertGolden("docs/environment.svg", environmentSvg(scene({})));
  });

  it("shows what was observed, as text that is XML", () => {
    const svg = environmentSvg(scene({ canaryWeight: "25", mtlsMode: "STRICT", clusterName: "demo" }));
    for (const words of ["10.44.0.239", "k3d-demo-agent-0 10.44.0.3", "75 %", "25 %", "STRICT, mesh", "✕ reset"])
      assert.ok(svg.includes(words), words);
    const opened = svg.match(/<[a-z]+(?:\s[^>]*[^/])?>/g)?.length;
    assert.equal(opened, svg.match(/<\/[a-z]+>/g)?.length);
  });

  it("shows a cluster of the user's without ports that it does not have", () => {
    const svg = environmentSvg(
      scene({ cluster: "existing", kubeContext: "dev", allowedContexts: "dev", loadBalancer: "off" }),
    );
    assert.ok(svg.includes("cluster dev"));
    assert.ok(!svg.includes("nodePorts") && !svg.includes("127.0.0.1") && !svg.includes("MetalLB"));
  });

  it("shows every way to version 2, the pages, the caches and what the gateway requires", () => {
    const ways = { canaryHeader: "x-canary", canaryAffinity: "3600", mirrorPercent: "20" };
    const pages = { prometheus: "true", grafana: "true", kiali: "true", imageCache: "true", tokens: "true" };
    const svg = environmentSvg(scene({ ...ways, ...pages }));
    for (const words of ["x-canary", "3600", "copies of 20 %", "https://kiali.", "docker.io", "requires a token"])
      assert.ok(svg.includes(words), words);
  });

  it("names the dataplane of ambient, a waypoint and the Gateway API", () => {
    const svg = environmentSvg(scene({ dataplane: "ambient", routing: "gateway-api", waypoint: "true" }));
    for (const words of ["ambient: ztunnel on each node", "a waypoint for", "routes by the Gateway API"])
      assert.ok(svg.includes(words), words);
    assert.ok(!environmentSvg(scene({})).includes("Gateway API"));
  });

  for (const [name, one] of Object.entries(scenes))
    it(`has no text outside its box and no boxes over each other, with ${name}`, () => {
      const boxes = boxesOf(environmentSvg(one));
      assert.ok(boxes.length >= 7);
      for (const [i, box] of boxes.entries()) {
        for (const [, x, y, words = ""] of box.texts) {
          assert.ok(Number(x) + words.length * 7.8 <= box.right, words);
          assert.ok(Number(y) < box.bottom, words);
        }
        for (const after of boxes.slice(i + 1))
          assert.ok(
            box.right <= after.x || after.right <= box.x || box.bottom <= after.y || after.bottom <= box.y,
            `${box.texts[0]?.[3]} and ${after.texts[0]?.[3]}`,
          );
      }
    });
});

describe("the page of an environment", () => {
  const results = [
    { id: "a", title: "a <check>", outcome: "passed", evidence: "seen", step: 1 },
    { id: "b", title: "another", outcome: "failed", evidence: "not seen" },
  ] as const;

  it("shows the counts, the picture and every check", () => {
    const page = environmentPage("<svg/>", results);
    for (const words of ["1 passed, 1 failed", "<svg/>", "a &lt;check&gt;", "✗ failed", "not seen"])
      assert.ok(page.includes(words), words);
  });

  it("shows a message instead of a picture if the environment did not answer", () => {
    assert.match(environmentPage(undefined, results), /did not answer/);
  });
});
