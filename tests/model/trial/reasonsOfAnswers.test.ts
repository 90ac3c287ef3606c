import { includes, object, reasons, route, subsets } from "./reasonsOf";

const caseWith = (request: string, expect: string) =>
  `{ it: i, from: shop/page, request: ${request}, expect: ${expect} }`;
const taken = (index: number) => ({ by: "shop/web", log: [{ route: `shop/web/${index}` }] });

describe("the reason of an unexpected header", () => {
  it("is an operation of one destination of two", () => {
    const headers = "headers: { response: { set: { x-frame-options: DENY } } }";
    includes(
      reasons(
        route(
          `  hosts: [web]\n  http: [{ route: [{ destination: { host: web, subset: v1 }, weight: 50, ${headers} }, { destination: { host: web, subset: v2 }, weight: 50 }] }]`,
          subsets,
        ),
        caseWith("http://web/", "{ responseHeaders: { x-frame-options: DENY } }"),
        { ...taken(0), by: "shop/web/v2" },
      ),
      /changes the header x-frame-options for destination 1 of 2 only/,
    );
  });

  it("is an origin without its scheme", () => {
    includes(
      reasons(
        route(
          "  hosts: [web]\n  http: [{ corsPolicy: { allowOrigins: [{ exact: app.example.com }] }, route: [{ destination: { host: web } }] }]",
        ),
        caseWith(
          '{ url: http://web/, method: OPTIONS, headers: { origin: "https://app.example.com" } }',
          "{ responseHeaders: { access-control-allow-origin: present } }",
        ),
        taken(0),
      ),
      /allowOrigins of .* has app\.example\.com, and not the origin https:\/\/app\.example\.com/,
    );
  });
});

describe("the reason of an unexpected path or location", () => {
  it("is $1 in the rewrite of a regular expression", () => {
    includes(
      reasons(
        route(
          '  hosts: [web]\n  http: [{ rewrite: { uriRegexRewrite: { match: "^/a/(.*)", rewrite: "/$1" } }, route: [{ destination: { host: web } }] }]',
        ),
        caseWith("http://web/a/b", "{ path: /b }"),
        { ...taken(0), arrival: { path: "/$1" } },
      ),
      /rewrite \/\$1 has \$1 as a text: the syntax is that of RE2.*→ rewrite: '\/\\1'/,
    );
  });

  it("is a port that the redirect keeps", () => {
    includes(
      reasons(
        route("  hosts: [web]\n  http: [{ redirect: { scheme: https, derivePort: FROM_REQUEST_PORT } }]"),
        caseWith("http://web/", "{ location: https://web/ }"),
        { status: 301, log: [{ route: "shop/web/0" }] },
      ),
      /derivePort FROM_REQUEST_PORT keeps the port .*→ derivePort: FROM_PROTOCOL_DEFAULT/,
    );
  });
});

describe("the reason why a route was not used", () => {
  it("is ignoreUriCase beside a regular expression", () => {
    includes(
      reasons(
        route(
          "  hosts: [web]\n  http: [{ match: [{ uri: { regex: /Shop/.* }, ignoreUriCase: true }], route: [{ destination: { host: web } }] }]",
        ),
        caseWith("http://web/shop/1", "200"),
        { status: 404, log: [{ flags: ["NR"] }] },
      ),
      /ignoreUriCase applies to exact and prefix, and not to regex/,
    );
  });

  it("is a condition, where the route after it answers by itself", () => {
    includes(
      reasons(
        route(
          "  hosts: [web]\n  http: [{ match: [{ headers: { upgrade: { exact: WebSocket } } }], route: [{ destination: { host: web } }] }, { directResponse: { status: 426 } }]",
        ),
        caseWith("ws://web/", "101"),
        { status: 426, log: [{ route: "shop/web/1" }] },
      ),
      /^http route 1 does not match: header upgrade websocket is not exact WebSocket/m,
    );
  });
});

describe("the reason at a gateway", () => {
  const gateway = (name: string, port: string, tls = "") =>
    object(
      "Gateway",
      `{ selector: { istio: ingressgateway }, servers: [{ port: ${port}, hosts: [${name}.example.com]${tls} }] }`,
      { name },
    );
  const caseFromOutside = (url: string, expect: string) => `{ it: i, request: ${url}, expect: ${expect} }`;
  const secure = "{ number: 443, name: https, protocol: HTTPS }";
  const secret = (name: string, more: string) =>
    `---\napiVersion: v1\nkind: Secret\nmetadata: { name: ${name}, namespace: istio-system }\n${more}`;

  it("is a port of two protocols", () => {
    includes(
      reasons(
        route("  hosts: [a.example.com]") +
          gateway("a", "{ number: 80, name: http, protocol: HTTP }") +
          gateway("b", "{ number: 80, name: https, protocol: HTTPS }", ", tls: { mode: SIMPLE, credentialName: b }"),
        caseFromOutside("https://b.example.com:80/", "200"),
        { failure: "tls-error" },
      ),
      /port 80 is HTTP in Gateway shop\/a and HTTPS in Gateway shop\/b: a port has one protocol/,
    );
  });

  it("is a Secret without a CA for the mode MUTUAL", () => {
    includes(
      reasons(
        route("  hosts: [a.example.com]") +
          gateway("a", secure, ", tls: { mode: MUTUAL, credentialName: own }") +
          secret("own", "data: { tls.crt: YQ==, tls.key: YQ== }\n") +
          secret("own-ca", "data: { cacert: YQ== }\n"),
        caseFromOutside("{ url: https://a.example.com/, clientCertificate: trusted }", "200"),
        { failure: "tls-error" },
      ),
      /Secret istio-system\/own has no CA .* Secret istio-system\/own-ca has one, under a name that nothing reads/,
    );
  });

  it("is the lowest TLS version, and not the mode, for a caller of an old version", () => {
    includes(
      reasons(
        route("  hosts: [a.example.com]") +
          gateway("a", secure, ", tls: { mode: SIMPLE, credentialName: own, minProtocolVersion: TLSV1_2 }"),
        caseFromOutside("{ url: https://a.example.com/, tlsVersion: TLSV1_2 }", "tls-error"),
        { by: "shop/web" },
      ),
      /accepts TLSV1_2: its minProtocolVersion is TLSV1_2 .*→ minProtocolVersion: TLSV1_3/,
    );
  });
});

describe("the reason why several pods answer", () => {
  it("is a caller without sidecar, whose requests no proxy sends by hash", () => {
    includes(
      reasons(
        route("  hosts: [web]"),
        '{ it: i, from: "shop/page (no sidecar)", request: http://web/, expect: { sameWorkload: true } }',
        { by: "shop/web" },
      ),
      /^the caller has no sidecar, and a proxy chooses the pod by hash only for what it sends itself/m,
    );
  });
});

describe("the reason why no copy arrives", () => {
  it("is the percentage of the mirror", () => {
    includes(
      reasons(
        route(
          "  hosts: [web]\n  http: [{ route: [{ destination: { host: web } }], mirrors: [{ destination: { host: web }, percentage: { value: 5 } }] }]",
        ),
        caseWith("http://web/", "{ mirrored: web }"),
        taken(0),
      ),
      /percentage of the mirror copies 5 of 100 requests/,
    );
  });

  it("is a percentage beside mirrors, which belongs to mirror", () => {
    const http = (more: string) => `  hosts: [web]\n  http: [{ route: [{ destination: { host: web } }], ${more} }]`;
    const expectsShare = caseWith("http://web/", "{ mirroredShare: { web: 20 } }");
    includes(
      reasons(
        route(http("mirrors: [{ destination: { host: web } }], mirrorPercentage: { value: 20 }")),
        expectsShare,
        taken(0),
      ),
      /^mirrorPercentage belongs to mirror, .* → percentage: \{ value: 20 \} in each entry of mirrors$/m,
    );
    includes(
      reasons(route(http("mirror: { host: web }")), expectsShare, taken(0)),
      /^the mirror has no percentage, and copies every/m,
    );
  });
});
