import { shop } from "./files";
import { includes, reasons, type Shown } from "./reasonsOf";

const api = (kind: string, name: string, spec: string) =>
  `---\napiVersion: gateway.networking.k8s.io/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop }\nspec: ${spec}\n`;
const edge = (listeners: string) => api("Gateway", "edge", `{ gatewayClassName: istio, listeners: [${listeners}] }`);
const plain = "{ name: plain, port: 80, protocol: HTTP }";
const withRules = (rules: string) =>
  shop +
  edge(plain) +
  api("HTTPRoute", "web", `{ parentRefs: [{ name: edge }], hostnames: [a.example.com], rules: [${rules}] }`);
const backend = "backendRefs: [{ name: web, port: 80 }]";
const asks = (expect: string, request = "http://a.example.com/") =>
  `{ it: i, request: "${request}", expect: ${expect} }`;
const answered: Shown = { by: "shop/web" };

describe("the reason of an answer by a setting of the Gateway API", () => {
  it("is weight 0 for every backend", () => {
    includes(
      reasons(withRules("{ backendRefs: [{ name: web, port: 80, weight: 0 }] }"), asks("200"), { status: 500 }),
      /^every backend of a rule of HTTPRoute shop\/web has weight 0, so the answer is 500 \(\d+\)/m,
    );
  });

  it("is a port that the backend does not have", () => {
    includes(
      reasons(withRules("{ backendRefs: [{ name: web, port: 8080 }] }"), asks("200"), { status: 500 }),
      /^Service shop\/web has no port 8080; it has: 80 \(\d+\) → port: 80$/m,
    );
  });

  it("is the timeout that a rule has or lacks", () => {
    includes(
      reasons(withRules(`{ timeouts: { request: 1s }, ${backend} }`), asks("200"), { status: 504 }),
      /^a rule of HTTPRoute shop\/web has timeouts: request: 1s \(\d+\)$/m,
    );
    includes(
      reasons(withRules(`{ ${backend} }`), asks("504"), answered),
      /^a rule of HTTPRoute shop\/web has no timeouts/m,
    );
  });

  it("is a header that is added, a port of a redirect, or a percentage of a mirror", () => {
    const filtered = (filter: string) => withRules(`{ filters: [${filter}], ${backend} }`);
    includes(
      reasons(
        filtered("{ type: RequestHeaderModifier, requestHeaderModifier: { add: [{ name: X-Tenant, value: a }] } }"),
        asks("{ requestHeaders: { x-tenant: a } }"),
        { by: "shop/web", arrival: { headers: { "x-tenant": "evil, a" } } },
      ),
      /^add of HTTPRoute shop\/web puts X-Tenant beside the value that the caller sent/m,
    );
    includes(
      reasons(
        withRules("{ filters: [{ type: RequestRedirect, requestRedirect: { port: 8080 } }] }"),
        asks('{ location: "http://a.example.com/" }'),
        { status: 302 },
      ),
      /^requestRedirect of HTTPRoute shop\/web has a port/m,
    );
    includes(
      reasons(
        filtered("{ type: RequestMirror, requestMirror: { backendRef: { name: web, port: 80 }, percent: 5 } }"),
        asks("{ mirroredShare: { web: 50 } }"),
        answered,
      ),
      /^requestMirror of HTTPRoute shop\/web copies 5 of 100 requests/m,
    );
  });

  it("is items of matches, of which one is enough", () => {
    includes(
      reasons(
        withRules(`{ matches: [{ path: { value: /b } }, { headers: [{ name: x-b, value: "1" }] }], ${backend} }`),
        asks("404"),
        answered,
      ),
      /^the 2 items of matches of HTTPRoute shop\/web are alternatives/m,
    );
  });

  it("is a listener of another protocol on the same port", () => {
    includes(
      reasons(
        shop + edge(`${plain}, { name: tls, port: 80, protocol: HTTPS, tls: { certificateRefs: [{ name: c }] } }`),
        asks("200", "https://a.example.com:80/"),
        { failure: "tls-error" },
      ),
      /^listener tls \(HTTPS\) of Gateway shop\/edge has the port 80 of listener plain \(HTTP\)/m,
    );
  });
});
