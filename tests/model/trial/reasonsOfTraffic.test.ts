import { shop } from "./files";
import { includes, object, reasons, type Shown } from "./reasonsOf";

const vs = (http: string): string => object("VirtualService", `{ hosts: [web], http: ${http} }`);
const to = "route: [{ destination: { host: web } }]";
const one = (expect: string, more = ""): string =>
  `{ it: i, from: shop/page, request: { url: "http://web/feed/7" }, expect: ${expect}${more} }`;
const web: Shown["log"] = [{ route: "shop/x/0", cluster: "outbound|80||web.shop.svc.cluster.local" }];
const answered: Shown = { by: "shop/web", log: web };

describe("the reason of a route's behaviour", () => {
  it("is a try that may use the whole timeout, since retries have no perTryTimeout", () => {
    const late: Shown = {
      status: 504,
      log: [{ route: "shop/x/0", flags: ["UT"], cluster: "outbound|80||web.shop.svc.cluster.local" }],
    };
    includes(
      reasons(
        shop + vs(`[{ timeout: 2s, retries: { attempts: 2, retryOn: 5xx }, ${to} }]`),
        one("{ status: 200, attempts: 2 }"),
        late,
      ),
      /^retries of the route have no perTryTimeout, so the first try may last until timeout: 2s ends the request \(13\)/m,
    );
  });

  it("is a route with the expected setting that does not match, or that comes too late", () => {
    const late: Shown = {
      by: "shop/web",
      log: [{ route: "shop/x/1", cluster: "outbound|80||web.shop.svc.cluster.local" }],
    };
    includes(
      reasons(shop + vs(`[{ match: [{ uri: { exact: /feed } }], timeout: 1s, ${to} }, { ${to} }]`), one("504"), late),
      /^http route 1 does not match: path \/feed\/7 is not exact \/feed \(13\)$/m,
      /^the route that was taken has no timeout, and Istio has none by default \(13\)/m,
    );
    includes(
      reasons(
        shop + vs(`[{ ${to} }, { match: [{ uri: { prefix: /feed } }], ${to}, mirror: { host: web } }]`),
        one("{ by: web, mirrored: web }"),
        answered,
      ),
      /^http route 2 matches too, but the first route that matches is used \(13\)/m,
    );
  });

  it("is a timeout that ends all tries together", () => {
    includes(
      reasons(
        shop + vs(`[{ timeout: 1s, retries: { attempts: 3, perTryTimeout: 1s }, ${to} }]`),
        one("{ status: 200, attempts: 3 }"),
        { status: 504, log: [{ ...web[0], flags: ["UT"] }] },
      ),
      /^timeout: 1s of the route ends all tries together, and 4 tries of perTryTimeout: 1s need 4s \(13\)/m,
    );
  });

  it("is the percentage of a fault", () => {
    includes(
      reasons(
        shop + vs(`[{ fault: { abort: { httpStatus: 503, percentage: { value: 0.5 } } }, ${to} }]`),
        one('{ share: { "503": 50 } }'),
        answered,
      ),
      /^percentage of the fault's abort is 0\.5, which means 0\.5 of 100 requests \(13\) → percentage: \{ value: 50 \}$/m,
    );
  });

  it("is a mirror to a host that no Service has", () => {
    includes(
      reasons(shop + vs(`[{ ${to}, mirror: { host: wbe } }]`), one("{ mirrored: web }"), answered),
      /^the mirror leads to wbe\.shop\.svc\.cluster\.local, and no Service has this host: .* \(13\)/m,
    );
  });

  it("is a hash of what the request does not have, or no hash at all", () => {
    const rule = (policy: string) => object("DestinationRule", `{ host: web, trafficPolicy: ${policy} }`);
    const sticky = one("{ sameWorkload: true }", ", times: 10");
    includes(
      reasons(shop + rule("{ loadBalancer: { consistentHash: { httpHeaderName: x-user } } }"), sticky, answered),
      /^DestinationRule shop\/x hashes by the header x-user, which the request does not have, .* \(13\)/m,
    );
    includes(
      reasons(shop + rule("{ loadBalancer: { simple: RANDOM } }"), sticky, answered),
      /^DestinationRule shop\/x sets no consistentHash for web\.shop\.svc\.cluster\.local, .* \(13\)/m,
    );
  });

  it("is a limit that lets requests wait, or an ejection that comes later", () => {
    const rule = (policy: string) => object("DestinationRule", `{ host: web, trafficPolicy: ${policy} }`);
    const refused = one('{ share: { "503": 70 } }', ", times: 10, concurrent: 10");
    includes(
      reasons(shop + rule("{ connectionPool: { tcp: { maxConnections: 1 } } }"), refused, answered),
      /^DestinationRule shop\/x limits connections to 1, .* without http1MaxPendingRequests none is refused \(13\)/m,
    );
    includes(
      reasons(shop + rule("{ outlierDetection: { consecutive5xxErrors: 100 } }"), refused, answered),
      /^DestinationRule shop\/x ejects a pod after .* consecutive5xxErrors: 100 says/m,
    );
  });

  it("is a share of the pods that is less than one pod, or a pool that sends to ejected pods", () => {
    const rule = (more: string) =>
      object(
        "DestinationRule",
        `{ host: web, trafficPolicy: { outlierDetection: { consecutive5xxErrors: 3${more} } } }`,
      );
    const ejected = one('{ share: { "503": 70 } }', ", times: 40");
    const shown = (more: string, pattern: RegExp) => includes(reasons(shop + rule(more), ejected, answered), pattern);
    shown(
      "",
      /^DestinationRule shop\/x ejects at most 10 % of the pods, and that of 3 is none .* maxEjectionPercent: 100$/m,
    );
    shown(", maxEjectionPercent: 50", /^DestinationRule shop\/x ejects at most 50 % of the pods, and that of 3 is 1 /m);
    shown(
      ", maxEjectionPercent: 100, minHealthPercent: 50",
      /^DestinationRule shop\/x ejects pods, but sends to all of them again while fewer than 50 % are healthy/m,
    );
  });
});

describe("the reason of a gateway's behaviour", () => {
  const egress = (hosts: string) =>
    object("Gateway", `{ selector: { istio: egress }, servers: [{ port: { number: 80 }, hosts: [${hosts}] }] }`, {
      name: "out",
    });
  const partner = '{ it: i, from: shop/page, request: "http://api.partner.com/", expect: 200 }';
  const bound = (http: string) =>
    object("VirtualService", `{ hosts: [api.partner.com], gateways: [mesh, out], http: ${http} }`);
  const shown: Shown = {
    status: 404,
    log: [{ flags: ["NR"], proxy: "istio-system/egress-1" }],
    labels: { istio: "egress" },
  };
  const first = `{ match: [{ gateways: [mesh] }], ${to} }`;

  it("is a second half that an egress gateway lacks", () => {
    includes(
      reasons(shop + egress("api.partner.com") + bound(`[${first}]`), partner, shown),
      /^at Gateway shop\/out, http route 1 of VirtualService shop\/x does not match: the request comes through out, wanted mesh \(18\)$/m,
    );
  });

  it("is a host that an egress gateway does not open", () => {
    includes(
      reasons(shop + egress("partner.com") + bound(`[${first}]`), partner, shown),
      /^no server of Gateway shop\/out has the host api\.partner\.com; there are: partner\.com \(13\)/m,
    );
  });

  const gateway = (tls: string, port = 443) =>
    object(
      "Gateway",
      `{ selector: { istio: ingressgateway }, servers: [{ port: { number: ${port}, protocol: HTTPS }, hosts: [a.example.com], tls: ${tls} }] }`,
    );
  const https = (expect: string) => `{ it: i, request: "https://a.example.com/", expect: ${expect} }`;

  it("is a mode that requires no client certificate", () => {
    includes(
      reasons(shop + gateway("{ mode: SIMPLE, credentialName: a }"), https("tls-error"), { by: "shop/web" }),
      /^Gateway shop\/x has the mode SIMPLE, which asks for no client certificate \(13\) → mode: MUTUAL$/m,
    );
  });

  it("is a credential of nearly the same name as a Secret, or a server on another port", () => {
    const secret = `---
apiVersion: v1
kind: Secret
metadata: { name: web-cert, namespace: istio-system }
type: kubernetes.io/tls
`;
    includes(
      reasons(shop + gateway("{ mode: SIMPLE, credentialName: web-certs }") + secret, https("200"), {
        failure: "tls-error",
      }),
      /^no Secret has the name web-certs, .* did you mean web-cert\? \(13\) → credentialName: web-cert$/m,
    );
    includes(
      reasons(shop + gateway("{ mode: SIMPLE, credentialName: a }", 8443), https("200"), { failure: "tls-error" }),
      /^Gateway shop\/x opens a\.example\.com on port 8443, and the request goes to port 443 \(13\)/m,
    );
  });
});
