import assert from "node:assert/strict";
import { calls } from "../../model/security/mtls";
import { parseSettings } from "../../model/settings/parse";
import { environmentSvg } from "../../model/verification/picture";

const settingsOf = (config: Readonly<Record<string, string>>) => {
  const { settings } = parseSettings(config);
  assert.ok(settings);
  return settings;
};

describe("who may talk to whom", () => {
  const seen = (config: Readonly<Record<string, string>>) =>
    calls(settingsOf(config)).map((row) => row.calls.map(({ call }) => call).join(" "));
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
      assert.deepEqual(seen(config), rows);
    });
});

describe("the picture of an environment", () => {
  const scene = (config: Readonly<Record<string, string>>) => ({
    settings: settingsOf(config),
    ingressIp: "10.44.0.239",
    nodes: [
      { name: "server", address: "10.44.0.2" },
      { name: "agent <0>", address: "10.44.0.3" },
    ],
    certificate: { names: "*.istio.localhost", issuer: "ca.istio.localhost", until: "Feb 21 2027" },
  });

  it("shows what was found, as text that is XML", () => {
    const svg = environmentSvg(scene({ canaryWeight: "25", mtlsMode: "STRICT" }));
    for (const words of [
      "10.44.0.239",
      "agent &lt;0&gt;  10.44.0.3",
      "signed by ca.istio.localhost",
      "75 %",
      "25 %",
      "STRICT by mesh",
      "reset",
    ])
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
});
