import { shop } from "./files";
import { includes, object, reasons, route, subsets } from "./reasonsOf";

describe("the reason of a result", () => {
  it("is the route that was taken, and why the expected one was not", () => {
    const spec = (first: string) => `  hosts: [web]
  http:
    - match: [${first}]
      route: [{ destination: { host: web, subset: v1 } }]
    - match: [{ uri: { prefix: /beta } }]
      route: [{ destination: { host: web, subset: v2 } }]`;
    const one = (url: string) => `{ it: i, from: shop/page, request: "${url}", expect: { by: web/v2 } }`;
    const shown = {
      by: "shop/web/v1",
      log: [{ route: "shop/web/0", cluster: "outbound|80|v1|web.shop.svc.cluster.local" }],
    };
    includes(
      reasons(route(spec("{ uri: { prefix: / } }"), subsets), one("http://web/beta"), shown),
      /^http route 1 of VirtualService shop\/web \(16\)$/m,
      /^http route 2 matches too, but the first route that matches is used \(18\) → move route 2 before route 1$/m,
    );
    includes(
      reasons(route(spec("{ uri: { prefix: / } }"), subsets), one("http://web/old"), shown),
      /http route 2 does not match: path \/old is not prefix \/beta \(18\)/,
    );
    includes(
      reasons(
        route(spec("{ uri: { prefix: /be } }, { method: { exact: GET } }"), subsets),
        one("http://web/beta"),
        shown,
      ),
      /the 2 items of match of VirtualService shop\/web are alternatives/,
      /prefix \/be also matches \/beta/,
    );
  });

  it("names every condition of the routes when none of them matches", () => {
    const spec = `  hosts: [web]
  http:
    - match: [{ uri: { regex: "/v[0-9]" }, headers: { x-user: { exact: a } } }, { queryParams: { page: { exact: "1" } } }]
      route: [{ destination: { host: web } }]
    - match: [{ method: { exact: POST }, sourceLabels: { app: other }, withoutHeaders: { x-a: {} } }]
      route: [{ destination: { host: web } }]`;
    const one =
      '{ it: i, from: shop/page, request: { url: "http://web/v1/x?page=2", headers: { x-a: b } }, expect: 200 }';
    includes(
      reasons(route(spec), one, { status: 404, log: [{ flags: ["NR"] }] }),
      /path \/v1\/x is not regex .* \(the whole text has to match\) and header x-user is absent, wanted exact a; or query parameter page 2 is not exact 1/,
      /method GET is not exact POST and header x-a is present, wanted without and the caller's label app is page, wanted other/,
    );
  });

  it("names the hosts and Gateways that a request at the gateway does not match", () => {
    const gateway = (hosts: string, namespace = "shop") =>
      object(
        "Gateway",
        `{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["${hosts}"] }] }`,
        { name: "edge", namespace },
      );
    const spec = (names: string) =>
      `  hosts: [shop.example.com]\n  gateways: [${names}]\n  http: [{ route: [{ destination: { host: web } }] }]`;
    const one = '{ it: i, request: "http://shop.example.com/", expect: 200 }';
    const shown = { status: 404, log: [{ flags: ["NR"], proxy: "istio-system/g" }] };
    includes(
      reasons(route(spec("edge"), gateway("*", "other")), one, shown),
      /names the Gateway shop\/edge, which does not exist.* → gateways: \[other\/edge\]/,
    );
    includes(reasons(route(spec("mesh"), gateway("*")), one, shown), /applies to mesh and not to shop\/edge/);
    includes(
      reasons(route(spec("edge"), gateway("*.other.com")), one, shown),
      /^Gateway shop\/edge, which VirtualService shop\/web names, has no server with the host shop\.example\.com; it has: \*\.other\.com/,
    );
    includes(reasons(route(spec("edge"), gateway("a/*")), one, shown), /opens \* for routes in namespace a only/);
  });

  it("explains a cluster without pods, without a subset, and without room", () => {
    const spec = "  hosts: [web]\n  http: [{ route: [{ destination: { host: web, subset: v3 } }] }]";
    const one = '{ it: i, from: shop/page, request: "http://web/", expect: 200 }';
    includes(
      reasons(route(spec, subsets), one, { status: 503, log: [{ flags: ["NC"], route: "shop/web/0" }] }),
      /no DestinationRule for web.shop.svc.cluster.local has the subset v3 \(15\)/,
    );
    const stable = object(
      "DestinationRule",
      '{ host: web, subsets: [{ name: v3, labels: { version: "3" } }], trafficPolicy: { connectionPool: { http: { http1MaxPendingRequests: 1 } } } }',
    );
    const deployment = `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { template: { metadata: { labels: { app: web, version: v1 } } } }`;
    const cluster = "outbound|80|v3|web.shop.svc.cluster.local";
    includes(
      reasons(route(spec, `${stable}\n${deployment}`), one, { status: 503, log: [{ flags: ["UH"], cluster }] }),
      /no pod of .* has the labels of subset v3 \(version: 3\); there are: version: v1/,
    );
    includes(
      reasons(route(spec, stable), one, { status: 503, log: [{ flags: ["UO"], cluster }] }),
      /limits connections and waiting requests \(http1MaxPendingRequests: 1\)/,
    );
  });

  it("names the resource that hides a Service or blocks a host for the caller", () => {
    const scope = object("Sidecar", '{ egress: [{ hosts: ["./*"] }] }', { name: "default", namespace: "page" });
    const one = '{ it: i, from: page/page, request: "http://web.shop/", expect: { peer: page/page } }';
    includes(
      reasons(`${shop}${scope}`, one, { by: "shop/web", log: [{ cluster: "inbound|8080||" }] }),
      /Sidecar page\/default hides web.shop.svc.cluster.local from the caller/,
    );
    const outside = object(
      "ServiceEntry",
      "{ hosts: [a.example.com], resolution: DNS, ports: [{ number: 8080, name: http, protocol: HTTP }] }",
    );
    const call = '{ it: i, from: shop/page, request: "http://a.example.com/", expect: 200 }';
    includes(
      reasons(`${shop}${outside}`, call, { status: 502, log: [{ cluster: "BlackHoleCluster" }] }),
      /has the host on port 8080, and the request goes to port 80 .*→ number: 80/,
    );
    const hidden = route('  hosts: [web]\n  exportTo: ["."]\n  http: [{ route: [{ destination: { host: web } }] }]');
    includes(reasons(hidden, one, { by: "shop/web" }), /exported to \. only, and the caller is in page/);
  });

  it("is the timeout, the retries or the fault of the route, with its line", () => {
    const spec = (more: string) =>
      `  hosts: [web]\n  http:\n    - route: [{ destination: { host: web } }]\n      ${more}`;
    const log = (flag: string) => [{ flags: [flag], route: "shop/web/0" }];
    const one = '{ it: i, from: shop/page, request: "http://web/", expect: 200 }';
    includes(
      reasons(route(spec("timeout: 1s")), one, { status: 504, log: log("UT") }),
      /the route has timeout: 1s \(17\)/,
    );
    const fault = "fault: { delay: { fixedDelay: 3s, percentage: { value: 100 } } }\n      timeout: 1s";
    includes(
      reasons(route(spec(fault)), one, { log: log("DI"), by: "shop/web" }),
      /before timeout and retries of the same route/,
    );
    const twice = '{ it: i, from: shop/page, request: "http://web/", expect: { attempts: 2 } }';
    includes(
      reasons(route(spec("retries: { attempts: 3, retryOn: reset }")), twice, {
        status: 503,
        by: "shop/web",
        log: log(""),
      }),
      /the route retries on reset only, and the answer 503 is none of these/,
    );
  });

  it("is the caller's result if no proxy logged the request", () => {
    const one = '{ it: i, from: shop/page, request: "http://web/", expect: 200 }';
    includes(reasons(shop, one, { failure: "reset" }), /no proxy logged the request/);
  });
});
