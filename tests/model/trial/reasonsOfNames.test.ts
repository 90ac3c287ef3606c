import { has, namespace, one, reasons, service } from "./reasonsOf";

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
