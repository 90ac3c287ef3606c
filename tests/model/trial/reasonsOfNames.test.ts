import { caseFromPage, includes, namespace, reasons, service } from "./reasonsOf";

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
    includes(
      reasons(
        namespace + service("store", "{ name: tcp, port: 6379 }", ", clusterIP: None") + stateful("stores"),
        caseFromPage("tcp://store-0.store:6379"),
        { failure: "unresolved" },
      ),
      /^StatefulSet shop\/store has serviceName stores: .* \(14\) → serviceName: store$/m,
    );
  });

  it("is a Service that is not headless", () => {
    includes(
      reasons(
        namespace + service("store", "{ name: tcp, port: 6379 }") + stateful("store"),
        caseFromPage("tcp://store-0.store:6379"),
        {
          failure: "unresolved",
        },
      ),
      /^Service shop\/store is not headless, so its pods have no DNS names \(8\) → clusterIP: None$/m,
    );
  });

  it("is a short name of another namespace, or one that is misspelled", () => {
    const mesh = namespace + service("store", "{ name: http, port: 80 }");
    includes(
      reasons(mesh, '{ it: i, from: other/page, request: "http://store/", expect: 200 }', { failure: "unresolved" }),
      /^Service store is in namespace shop, and the caller is in other: .* → http:\/\/store\.shop$/m,
    );
    includes(
      reasons(mesh, caseFromPage("http://stroe/"), { failure: "unresolved" }),
      /^no Service has the name stroe; did you mean store\?$/m,
    );
  });
});
