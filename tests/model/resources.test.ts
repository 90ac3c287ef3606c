import assert from "node:assert/strict";
import fc from "fast-check";
import { choosePool, format } from "../../model/addressPool";
import type { Settings } from "../../model/contract";
import { peerAuthentications } from "../../model/mtls";
import { parseSettings } from "../../model/settings";
import { authorizationPolicies, keySet, loginPolicy, requestAuthenticationSpec } from "../../model/tokens";
import { destinationRuleSpec, gatewaySpec, virtualServiceSpec } from "../../model/traffic";
import { violations } from "../support/crds";

const port = fc.integer({ min: 1, max: 65535 }).map(String);
const labels = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/);

/** Configurations that mostly are acceptable, over all that the custom resources are made from. */
const configurations = fc.record(
  {
    httpPort: port,
    httpsPort: port,
    subnet: fc
      .tuple(fc.nat(255), fc.integer({ min: 20, max: 26 }))
      .map(([third, prefix]) => `10.60.${third - (third % 16)}.0/${prefix}`),
    domain: fc.array(labels, { minLength: 2, maxLength: 4 }).map((parts) => parts.join(".")),
    mtlsMode: fc.constantFrom("PERMISSIVE", "STRICT", "DISABLE"),
    mtlsNamespaceMode: fc.constantFrom("UNSET", "PERMISSIVE", "STRICT", "DISABLE"),
    mtlsWorkloadMode: fc.constantFrom("UNSET", "PERMISSIVE", "STRICT", "DISABLE"),
    mtlsPortMode: fc.constantFrom("UNSET", "PERMISSIVE", "STRICT", "DISABLE"),
    canaryWeight: fc.integer({ min: 0, max: 100 }).map(String),
    canaryHeader: fc.constantFrom("off", "x-canary", "x-version-2"),
    canaryAffinity: fc.constantFrom("0", "600"),
    mirrorPercent: fc.integer({ min: 0, max: 100 }).map(String),
    tokens: fc.constant("true"),
    loginIssuer: fc.constantFrom("none", "https://login.test/realm"),
    loginClient: fc.constant("mesh"),
    loginClientSecret: fc.constant("s"),
    agents: fc.integer({ min: 0, max: 8 }).map(String),
  },
  { requiredKeys: [] },
);

/** The custom resources that the program makes from settings. */
function customResources(settings: Settings) {
  const istio = (api: string, kind: string, spec: object) => ({
    apiVersion: `${api}.istio.io/v1`,
    kind,
    metadata: { name: "x" },
    spec,
  });
  return [
    istio("networking", "Gateway", gatewaySpec(settings)),
    istio("networking", "VirtualService", virtualServiceSpec(settings)),
    istio("networking", "DestinationRule", destinationRuleSpec()),
    istio("security", "RequestAuthentication", requestAuthenticationSpec(settings, keySet({ kty: "EC" }))),
    ...[...authorizationPolicies(settings), loginPolicy(settings.domain)].map(({ spec }) =>
      istio("security", "AuthorizationPolicy", spec),
    ),
    ...peerAuthentications(settings).map(({ spec }) => istio("security", "PeerAuthentication", spec)),
    {
      apiVersion: "metallb.io/v1beta1",
      kind: "IPAddressPool",
      metadata: { name: "pool" },
      spec: { addresses: [choosePool(settings.subnet, settings.pool)] },
    },
  ];
}

describe("every accepted configuration", () => {
  it("gives custom resources that the CRDs of their kinds accept", () => {
    let accepted = 0;
    fc.assert(
      fc.property(configurations, (config) => {
        const { settings } = parseSettings(config);
        if (!settings) return;
        accepted++;
        for (const resource of customResources(settings)) assert.deepEqual(violations(resource), [], resource.kind);
      }),
      { numRuns: 300 },
    );
    assert.ok(accepted >= 200, `only ${accepted} of 300 were acceptable`);
  });

  it("gives a pool of whole addresses, first before last", () => {
    fc.assert(
      fc.property(configurations, (config) => {
        const { settings } = parseSettings(config);
        if (!settings) return;
        const [first = "", last = ""] = choosePool(settings.subnet, settings.pool).split("-");
        const value = (address: string) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
        assert.equal(format(value(first)), first);
        assert.ok(value(first) < value(last));
      }),
    );
  });
});
