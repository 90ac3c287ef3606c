import assert from "node:assert/strict";
import { hboneConnections } from "../../../model/verification/hbone";

const line = (source: string, service: string, policy: string, count = 1) =>
  `istio_tcp_connections_opened_total{reporter="destination",source_principal="${source}",destination_service_name="${service}",destination_principal="spiffe://cluster.local/ns/helloworld/sa/default",connection_security_policy="${policy}"} ${count}`;
const gateway = "spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway";
const member = "spiffe://cluster.local/ns/verify-1/sa/default";

describe("connections through HBONE", () => {
  it("are those with mutual TLS from the gateway and from the pod of the run, on any node", () => {
    const nodes = [
      [line(gateway, "verify-1-mesh", "mutual_tls"), line(member, "verify-1-mesh", "mutual_tls")].join("\n"),
      [line(gateway, "verify-1-namespace", "mutual_tls"), line("unknown", "verify-1-mesh", "unknown")].join("\n"),
    ];
    assert.deepEqual(hboneConnections(nodes, "verify-1"), {
      fromGateway: ["verify-1-mesh", "verify-1-namespace"],
      fromMember: ["verify-1-mesh"],
    });
  });

  for (const [what, text] of [
    ["plain text", line("unknown", "verify-1-mesh", "unknown")],
    ["a connection that was never opened", line(gateway, "verify-1-mesh", "mutual_tls", 0)],
    ["a target of another run", line(gateway, "verify-12-mesh", "mutual_tls")],
    ["the app itself, which others call too", line(gateway, "helloworld", "mutual_tls")],
  ] as const)
    it(`are not shown by ${what}`, () => {
      assert.deepEqual(hboneConnections([text], "verify-1").fromGateway, []);
    });
});
