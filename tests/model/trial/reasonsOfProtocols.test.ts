import { caseFromPage, includes, namespace, object, reasons, type Shown, service } from "./reasonsOf";

const sent = (port: number, name: string, flags: readonly string[] = []): NonNullable<Shown["log"]> => [
  { cluster: `outbound|${port}||${name}.shop.svc.cluster.local`, flags },
];

describe("the reason of a result by protocol", () => {
  it("is the name of a port that makes proxies speak HTTP/1.1 to a gRPC server", () => {
    includes(
      reasons(
        namespace + service("greeter", "{ name: http, port: 50051 }"),
        caseFromPage("grpc://greeter:50051/demo.Greeter/Hello", "{ grpcStatus: 0 }"),
        { grpcStatus: 14, log: sent(50051, "greeter", ["UC"]) },
      ),
      /^port http of Service shop\/greeter is HTTP by its name, .* gRPC needs HTTP\/2 \(8\) → name it grpc/m,
    );
  });

  it("is the name of a port whose http routes and policies do not apply", () => {
    const vs = object("VirtualService", "{ hosts: [db], http: [{ route: [{ destination: { host: db } }] }] }");
    const mesh = (port: string) => namespace + service("db", port) + vs;
    const shown: Shown = { by: "shop/db", log: sent(5432, "db") };
    includes(
      reasons(mesh("{ name: redis, port: 5432 }"), caseFromPage("http://db:5432/", "{ by: outside }"), shown),
      /^port redis of Service shop\/db is TCP by its name: the http routes of VirtualService shop\/x do not apply \(8\)/m,
    );
    includes(
      reasons(
        mesh("{ name: web, port: 5432, appProtocol: https }"),
        caseFromPage("http://db:5432/", "{ by: outside }"),
        shown,
      ),
      /^port web of Service shop\/db is TLS by its appProtocol: the http routes .* do not apply \(8\)/m,
    );
  });

  it("is the name of a port that a caller speaks no HTTP to", () => {
    includes(
      reasons(namespace + service("db", "{ name: http, port: 5432 }"), caseFromPage("tcp://db:5432"), {
        failure: "reset",
        log: sent(5432, "db", ["DPE"]),
      }),
      /^port http of Service shop\/db is HTTP by its name, and the caller speaks no HTTP: .* → name it tcp/m,
    );
  });

  it("is the condition of a tcp route that the connection does not meet", () => {
    const vs = object(
      "VirtualService",
      "{ hosts: [db], tcp: [{ match: [{ port: 15432 }], route: [{ destination: { host: db, subset: v2 } }] }] }",
    );
    includes(
      reasons(
        namespace + service("db", "{ name: tcp, port: 5432, targetPort: 15432 }") + vs,
        caseFromPage("tcp://db:5432", "{ by: db }"),
        { by: "shop/db", log: sent(5432, "db") },
      ),
      /^tcp route 1 of VirtualService shop\/x does not match: port 5432 is not 15432, which is the pod's port: a match counts the Service's \(13\)/m,
    );
  });

  it("is the subset of a tcp route that no DestinationRule has", () => {
    const vs = object(
      "VirtualService",
      "{ hosts: [db], tcp: [{ route: [{ destination: { host: db, subset: v9 } }] }] }",
    );
    includes(
      reasons(namespace + service("db", "{ name: tcp, port: 5432 }") + vs, caseFromPage("tcp://db:5432"), {
        failure: "reset",
        log: [{ flags: ["NC"] }],
      }),
      /^no DestinationRule for db\.shop\.svc\.cluster\.local has the subset v9 \(13\)/m,
    );
  });

  it("is the gRPC status that a route does not retry on", () => {
    const vs = object(
      "VirtualService",
      "{ hosts: [api], http: [{ retries: { attempts: 2, retryOn: 5xx }, route: [{ destination: { host: api } }] }] }",
    );
    includes(
      reasons(
        namespace + service("api", "{ name: grpc, port: 50051 }") + vs,
        caseFromPage("grpc://api:50051/a.B/C", "{ grpcStatus: 0, attempts: 2 }"),
        {
          grpcStatus: 14,
          by: "shop/api",
          log: [{ route: "shop/x/0", cluster: "outbound|50051||api.shop.svc.cluster.local" }],
        },
      ),
      /^the route retries on 5xx only, and the gRPC status 14 is none of these \(13\) → retryOn: unavailable$/m,
    );
  });

  it("is the header of a WebSocket upgrade that a route spells differently", () => {
    const vs = object(
      "VirtualService",
      "{ hosts: [api], http: [{ match: [{ headers: { upgrade: { exact: WebSocket } } }], route: [{ destination: { host: live } }] }, { route: [{ destination: { host: api } }] }] }",
    );
    const both = service("api", "{ name: http, port: 80 }") + service("live", "{ name: http, port: 80 }");
    includes(
      reasons(namespace + both + vs, caseFromPage("ws://api/", "{ by: live }"), {
        status: 101,
        by: "shop/api",
        log: [
          {
            route: "shop/x/1",
            cluster: "outbound|80||api.shop.svc.cluster.local",
            details: "downstream_remote_disconnect",
          },
        ],
      }),
      /^http route 1 does not match: header upgrade websocket is not exact WebSocket/m,
      /^went to cluster/m,
    );
  });
});
