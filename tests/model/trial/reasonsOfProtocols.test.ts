import { has, object, reasons, type Shown } from "./reasonsOf";

const namespace = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
`;
const service = (name: string, port: string, more = ""): string => `---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [${port}]${more} }
`;
const one = (url: string, expect = "{ status: 200 }"): string =>
  `{ it: i, from: shop/page, request: "${url}", expect: ${expect} }`;
const sent = (port: number, name: string, flags: readonly string[] = []): NonNullable<Shown["log"]> => [
  { cluster: `outbound|${port}||${name}.shop.svc.cluster.local`, flags },
];

describe("the reason of a result by protocol", () => {
  it("is the name of a port that makes proxies speak HTTP/1.1 to a gRPC server", () => {
    has(
      reasons(
        namespace + service("greeter", "{ name: http, port: 50051 }"),
        one("grpc://greeter:50051/demo.Greeter/Hello", "{ grpcStatus: 0 }"),
        { grpcStatus: 14, log: sent(50051, "greeter", ["UC"]) },
      ),
      /^port http of Service shop\/greeter is HTTP by its name, .* gRPC needs HTTP\/2 \(8\) → name it grpc/m,
    );
  });

  it("is the name of a port whose http routes and policies do not apply", () => {
    const vs = object("VirtualService", "{ hosts: [db], http: [{ route: [{ destination: { host: db } }] }] }");
    const mesh = (port: string) => namespace + service("db", port) + vs;
    const seen: Shown = { by: "shop/db", log: sent(5432, "db") };
    has(
      reasons(mesh("{ name: redis, port: 5432 }"), one("http://db:5432/", "{ by: outside }"), seen),
      /^port redis of Service shop\/db is TCP by its name: the http routes of VirtualService shop\/x do not apply \(8\)/m,
    );
    has(
      reasons(mesh("{ name: web, port: 5432, appProtocol: https }"), one("http://db:5432/", "{ by: outside }"), seen),
      /^port web of Service shop\/db is TLS by its appProtocol: the http routes .* do not apply \(8\)/m,
    );
  });

  it("is the name of a port that a caller speaks no HTTP to", () => {
    has(
      reasons(namespace + service("db", "{ name: http, port: 5432 }"), one("tcp://db:5432"), {
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
    has(
      reasons(
        namespace + service("db", "{ name: tcp, port: 5432, targetPort: 15432 }") + vs,
        one("tcp://db:5432", "{ by: db }"),
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
    has(
      reasons(namespace + service("db", "{ name: tcp, port: 5432 }") + vs, one("tcp://db:5432"), {
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
    has(
      reasons(
        namespace + service("api", "{ name: grpc, port: 50051 }") + vs,
        one("grpc://api:50051/a.B/C", "{ grpcStatus: 0, attempts: 2 }"),
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
    has(
      reasons(namespace + both + vs, one("ws://api/", "{ by: live }"), {
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

describe("the reason of a name that is not resolved", () => {
  const stateful = (name: string) => `---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: store, namespace: shop }
spec:
  serviceName: ${name}
  template: { metadata: { labels: { app: store } }, spec: { containers: [] } }
`;

  it("is the serviceName of a StatefulSet", () => {
    has(
      reasons(
        namespace + service("store", "{ name: tcp, port: 6379 }", ", clusterIP: None") + stateful("stores"),
        one("tcp://store-0.store:6379"),
        { failure: "unresolved" },
      ),
      /^StatefulSet shop\/store has serviceName stores: .* \(14\) → serviceName: store$/m,
    );
  });

  it("is a Service that is not headless", () => {
    has(
      reasons(
        namespace + service("store", "{ name: tcp, port: 6379 }") + stateful("store"),
        one("tcp://store-0.store:6379"),
        {
          failure: "unresolved",
        },
      ),
      /^Service shop\/store is not headless, so its pods have no DNS names \(8\) → clusterIP: None$/m,
    );
  });

  it("is a short name of another namespace, or one that is misspelled", () => {
    const mesh = namespace + service("store", "{ name: http, port: 80 }");
    has(
      reasons(mesh, '{ it: i, from: other/page, request: "http://store/", expect: 200 }', { failure: "unresolved" }),
      /^Service store is in namespace shop, and the caller is in other: .* → http:\/\/store\.shop$/m,
    );
    has(
      reasons(mesh, one("http://stroe/"), { failure: "unresolved" }),
      /^no Service has the name stroe; did you mean store\?$/m,
    );
  });
});

describe("the reason of a denial", () => {
  const policy = (spec: string) =>
    namespace + service("web", "{ name: http, port: 80 }") + object("AuthorizationPolicy", spec);
  const denied = (details: string, more: object = {}): Shown => ({
    status: 403,
    log: [{ cluster: "outbound|80||web.shop.svc.cluster.local" }, { cluster: "inbound|80||", details, ...more }],
    labels: { app: "web" },
  });

  it("is a provider that the mesh does not have", () => {
    has(
      reasons(
        policy("{ action: CUSTOM, provider: { name: opa }, rules: [{}] }"),
        one("http://web/"),
        denied(
          "rbac_access_denied_matched_policy[istio-ext-authz-ns[shop]-policy[x]-rule[0]-deny-due-to-bad-CUSTOM-action]",
        ),
      ),
      /^AuthorizationPolicy shop\/x asks the authorizer opa, which the mesh does not have .* \(13\)/m,
    );
  });

  it("is the address of the direct peer", () => {
    const mesh = policy('{ rules: [{ from: [{ source: { ipBlocks: ["203.0.113.0/24"] } }] }] }');
    const case_ =
      '{ it: i, from: shop/page, request: { url: "http://web/", headers: { x-forwarded-for: 203.0.113.7 } }, expect: 200 }';
    has(
      reasons(mesh, case_, denied("rbac_access_denied_matched_policy[none]", { downstream: "10.42.0.9:5000" })),
      /^rule 1 of AuthorizationPolicy shop\/x \(ALLOW\) does not match: address of the direct peer 10\.42\.0\.9 is not 203\.0\.113\.0\/24 \(13\)$/m,
      /^ipBlocks of AuthorizationPolicy shop\/x are compared with the direct peer's address/m,
    );
  });
});
