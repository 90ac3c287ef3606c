import assert from "node:assert/strict";
import { protocolOf } from "../../../model/trial/manifests/protocols";
import { accessEntry } from "../../../model/trial/requests/accessLog";
import { entriesOf, logIndex } from "../../../model/trial/requests/requestLines";
import { entry } from "./reasonsOf";

describe("the access log of a connection", () => {
  const caller = "10.42.0.5:40000";
  const sidecar = entry({
    requestId: "",
    downstream: caller,
    upstreamLocal: "10.42.0.5:41000",
    cluster: "outbound|5432||db",
  });
  const inbound = entry({ requestId: "", downstream: "10.42.0.5:41000", cluster: "inbound|5432||" });

  it("is found by the caller's port, and by the port of each proxy to the next", () => {
    const foreign = entry({ requestId: "", downstream: "10.42.0.5:40001" });
    assert.deepEqual(entriesOf(logIndex([foreign, inbound, sidecar]), "t-1", caller), [sidecar, inbound]);
  });

  it("has no line of another request on the same connection", () => {
    const gateway = entry({ requestId: "t-1", upstreamLocal: "10.42.0.7:41000" });
    const own = entry({ requestId: "t-1", downstream: "10.42.0.7:41000" });
    const later = entry({ requestId: "t-2", downstream: "10.42.0.7:41000" });
    assert.deepEqual(entriesOf(logIndex([gateway, own, later]), "t-1", undefined), [gateway, own]);
  });

  it("is read with its addresses", () => {
    const line =
      '[2026-01-01T00:00:00.000Z] "- - -" 0 - - - "-" 8 40 3 - "-" "-" "-" "-" "10.42.0.8:5432" outbound|5432||db.shop.svc.cluster.local 10.42.0.5:41000 10.96.0.9:5432 10.42.0.5:40000 - -';
    const read = accessEntry("shop/page", line);
    assert.deepEqual(
      [read?.upstreamLocal, read?.local, read?.downstream],
      ["10.42.0.5:41000", "10.96.0.9:5432", caller],
    );
  });
});

describe("the protocol of a port", () => {
  it("is appProtocol, or else the port's name before its first dash", () => {
    const protocols = [
      [{ name: "http-web" }, "http"],
      [{ name: "grpc-web" }, "http"],
      [{ name: "grpc" }, "http2"],
      [{ name: "https" }, "tls"],
      [{ name: "mongo-db" }, "tcp"],
      [{ name: "web", port: 3306 }, "tcp"],
      [{ name: "web", port: 80 }, "detected"],
      [{ name: "tcp", appProtocol: "http" }, "http"],
      [{ name: "x", appProtocol: "kubernetes.io/h2c" }, "http2"],
    ] as const;
    for (const [port, protocol] of protocols) assert.equal(protocolOf(port), protocol, JSON.stringify(port));
  });
});
