import assert from "node:assert/strict";
import { parseSettings } from "../../model/settings/parse";
import type { Scene } from "../../model/verification/picture/environment";

const contextOfEks = "arn:aws:eks:eu-central-1:123456789012:cluster/platform-development";
/** A domain that needs several lines in a picture. */
export const longDomain = "a-department.of-a-company-with-a-very-long-name.platform-engineering.example.com";
const existing = { cluster: "existing", kubeContext: contextOfEks, allowedContexts: contextOfEks, loadBalancer: "off" };
const everything = {
  ...{ canaryHeader: "x-canary", canaryAffinity: "3600", mirrorPercent: "20", tokens: "true", imageCache: "true" },
  ...{ prometheus: "true", grafana: "true", kiali: "true", mtlsPortMode: "STRICT", mtlsNamespaceMode: "PERMISSIVE" },
};

/** An environment of the configuration as it would be observed. */
export function scene(config: Readonly<Record<string, string>>, agents = 1, ingressIp = "10.44.0.239"): Scene {
  const { settings } = parseSettings(config);
  assert.ok(settings);
  const names = ["server-0", ...Array.from({ length: agents }, (_, i) => `agent-${i}`)];
  return {
    settings,
    ingressIp,
    nodes: names.map((name, i) => ({ name: `k3d-${settings.clusterName}-${name}`, address: `10.44.0.${i + 2}` })),
    certificate: {
      names: `*.${settings.domain}, ${settings.domain}`,
      issuer: `ca.${settings.domain}`,
      until: "Feb 24 12:00:00 2027 GMT",
    },
    at: new Date("2026-11-26T12:00:00Z"),
  };
}

/** Environments whose pictures are hard to lay out. */
export const scenes: Readonly<Record<string, Scene>> = {
  "all defaults": scene({}),
  "eight agents and a long domain": scene({ domain: longDomain, agents: "8", clusterName: "a-long-name" }, 8),
  "a cluster of the user's": scene(existing, 3, `${"a1b2c3d4".repeat(4)}.eu-central-1.elb.amazonaws.com`),
  "ambient, a waypoint and the Gateway API": scene({ dataplane: "ambient", routing: "gateway-api", waypoint: "true" }),
  "everything on": scene({ ...everything, domain: longDomain, agents: "8" }, 8),
};
