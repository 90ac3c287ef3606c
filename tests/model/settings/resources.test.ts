import assert from "node:assert/strict";
import fc from "fast-check";
import { choosePool, formatAddress } from "../../../model/cluster/addressPool";
import { peerAuthentications } from "../../../model/security/mtls";
import { authorizationPolicies, keySet, loginPolicy, requestAuthenticationSpec } from "../../../model/security/tokens";
import type { Settings } from "../../../model/settings/contract";
import { parseSettings } from "../../../model/settings/parse";
import {
  gatewayApiSpec,
  gatewayApiVersion,
  httpRouteSpec,
  loginRouteSpec,
  redirectRouteSpec,
} from "../../../model/traffic/gatewayApi";
import { destinationRuleSpec, gatewaySpec, virtualServiceSpec } from "../../../model/traffic/traffic";
import { acceptable } from "../../support/acceptable";
import { violations } from "../../support/crds";

/** The custom resources that the program makes from settings. */
function customResources(settings: Settings) {
  const istio = (api: string, kind: string, spec: object) => ({
    apiVersion: `${api}.istio.io/v1`,
    kind,
    metadata: { name: "x" },
    spec,
  });
  const kubernetes = (kind: string, spec: object) => ({ apiVersion: gatewayApiVersion, kind, metadata: {}, spec });
  return [
    istio("networking", "Gateway", gatewaySpec(settings)),
    istio("networking", "VirtualService", virtualServiceSpec(settings)),
    istio("networking", "DestinationRule", destinationRuleSpec()),
    istio("security", "RequestAuthentication", requestAuthenticationSpec(settings, keySet({ kty: "EC" }))),
    ...[...authorizationPolicies(settings), loginPolicy(settings.domain)].map(({ spec }) =>
      istio("security", "AuthorizationPolicy", spec),
    ),
    kubernetes("Gateway", gatewayApiSpec(settings)),
    ...[httpRouteSpec(settings), redirectRouteSpec(settings), loginRouteSpec(settings) ?? []]
      .flat()
      .map((spec) => kubernetes("HTTPRoute", spec)),
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
  it("builds custom resources that the CRDs of their kinds accept", () => {
    let accepted = 0;
    fc.assert(
      fc.property(acceptable, (config) => {
        const { settings } = parseSettings(config);
        if (!settings) return;
        accepted++;
        for (const resource of customResources(settings)) assert.deepEqual(violations(resource), [], resource.kind);
      }),
      { numRuns: 300 },
    );
    assert.ok(accepted >= 200, `only ${accepted} of 300 were acceptable`);
  });

  it("builds a pool of whole addresses, first before last", () => {
    fc.assert(
      fc.property(acceptable, (config) => {
        const { settings } = parseSettings(config);
        if (!settings) return;
        const [first = "", last = ""] = choosePool(settings.subnet, settings.pool).split("-");
        const value = (address: string) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
        assert.equal(formatAddress(value(first)), first);
        assert.ok(value(first) < value(last));
      }),
    );
  });
});
