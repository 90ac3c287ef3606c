import { shop } from "./files";
import { caseFromPage, includes, object, reasons, type Shown } from "./reasonsOf";

describe("the reason of a delegate without effect", () => {
  const root = object(
    "VirtualService",
    `{ hosts: [web], http: [{ match: [{ uri: { prefix: /api } }], delegate: { name: orders } }, { route: [{ destination: { host: web } }] }] }`,
    { name: "root" },
  );
  const orders = (spec: string): string => object("VirtualService", spec, { name: "orders" });
  const to = "route: [{ destination: { host: web } }]";
  const taken: Shown = { by: "shop/web", log: [{ route: "shop/root/1", cluster: "outbound|80||web" }] };
  const reasonsWith = (manifests: string) =>
    reasons(shop + root + manifests, caseFromPage("http://web/api/orders", "{ status: 418 }"), taken);

  it("is a path outside of the root's", () => {
    includes(
      reasonsWith(orders(`{ http: [{ match: [{ uri: { prefix: /orders } }], ${to} }] }`)),
      /^http route 1 of VirtualService shop\/root matches, but its delegate shop\/orders has no route for the request: .* \(in http route 1, its prefix \/orders lies outside of the root's prefix \/api\) \(13\)$/m,
    );
  });

  it("is one that does not exist, has hosts, or is not exported to the root", () => {
    includes(reasonsWith(""), /its delegate shop\/orders does not exist/);
    includes(
      reasonsWith(orders(`{ hosts: [web.example.com], http: [{ ${to} }] }`)),
      /shop\/orders has hosts, and a delegate must not/,
    );
    includes(
      reasonsWith(orders(`{ exportTo: [other], http: [{ ${to} }] }`)),
      /is exported to other only, and not to shop/,
    );
  });
});
