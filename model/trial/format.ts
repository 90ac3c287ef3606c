import type { Shape, Table } from "./shape";

const text: Shape = { is: "text" };
const scalar: Shape = {
  is: "either",
  of: [text, { is: "integer", least: -(2 ** 31), most: 2 ** 31 }, { is: "switch" }],
};
const duration: Shape = { is: "text", pattern: /^\d+(\.\d+)?(ms|s)$/, as: 'a duration such as "3s" or "250ms"' };
const status: Shape = { is: "integer", least: 100, most: 599 };

/** The ends of a request beside a status. */
export const failures = ["reset", "refused", "tls-error", "timeout", "unresolved"] as const;
export type Failure = (typeof failures)[number];

const result: Shape = { is: "either", of: [status, { is: "text", of: failures }] };
const some = (shape: Shape): Shape => ({ is: "either", of: [shape, { is: "list", of: shape }] });
const object = (name: string): Shape => ({ is: "object", name });
const mapOf = (of: Shape): Shape => ({ is: "map", of });

/** Methods that a request may have. */
const method = /^[A-Z]{3,10}$/;

/** Every key of a `*.test.yaml` file: the validation, the JSON schema and the reference page all come from here. */
export const format: Table = {
  file: {
    callers: {
      shape: mapOf(object("caller")),
      does: "Callers that `from` cannot say by itself, by the name that `from` then has.",
    },
    workloads: {
      shape: mapOf(object("workload")),
      does: "Services that the manifests do not have, or details of those that they have, by NAMESPACE/SERVICE.",
    },
    cases: {
      shape: { is: "list", of: object("case") },
      does: "The requests with the expected result of each.",
      required: true,
    },
  },
  caller: {
    namespace: { shape: text, does: "Namespace of the caller's pod." },
    serviceAccount: {
      shape: text,
      does: "Its service account, and so its identity in the mesh. The default is `default`.",
    },
    sidecar: { shape: { is: "switch" }, does: "True if it has a sidecar. The default is what its namespace says." },
    labels: {
      shape: mapOf(text),
      does: "Labels of its pod, for policies and Sidecars that select by label. The default is `app: SERVICEACCOUNT`.",
    },
    gateway: {
      shape: text,
      does: "For a caller outside the cluster: the Gateway that it connects to, NAMESPACE/NAME. The default is the one that serves the URL's host.",
    },
  },
  workload: {
    ports: {
      shape: mapOf({ is: "integer", least: 1, most: 65535 }),
      does: "Ports by name. The name decides the protocol, as in Istio. The default is `http: 80`.",
    },
    versions: { shape: { is: "list", of: text }, does: "Values of the label `version`: a stand-in for each." },
    replicas: {
      shape: { is: "integer", least: 0, most: 5 },
      does: "Pods of each stand-in. The default is 1, or 3 where a DestinationRule hashes or ejects.",
    },
    sidecar: {
      shape: { is: "switch" },
      does: "True if its pods have a sidecar. The default is what the namespace says.",
    },
  },
  case: {
    it: { shape: text, does: "The result that a user of the mesh sees, as a sentence.", required: true },
    from: {
      shape: some(text),
      does: "The caller: `outside`, NAMESPACE/SERVICEACCOUNT, or a name in `callers`. A list sends the request from each. The default is `outside`.",
    },
    request: {
      shape: { is: "either", of: [text, object("request")] },
      does: "The request: a URL, `METHOD URL`, or a mapping.",
    },
    times: {
      shape: { is: "integer", least: 1, most: 2000 },
      does: "Requests, each on a new connection; the expectation must hold for all of them. The default is 1, or what `share` needs.",
    },
    concurrent: {
      shape: { is: "integer", least: 1, most: 100 },
      does: "Requests that are sent at once. Such a case runs alone. The default is 1.",
    },
    given: {
      shape: mapOf(object("behaviour")),
      does: "Misbehaviour of stand-ins while this request is sent, by workload.",
    },
    expect: {
      shape: { is: "either", of: [result, object("expect")] },
      does: "The expected result: a status, a failure, or a mapping.",
    },
    matrix: { shape: object("matrix"), does: "Many requests at once, in place of `request` and `expect`." },
  },
  request: {
    url: {
      shape: text,
      does: "URL with http, https, grpc, grpcs, ws, wss or tcp. Host header, SNI and port come from it.",
      required: true,
    },
    method: { shape: { is: "text", pattern: method, as: "a method such as GET" }, does: "The default is GET." },
    headers: { shape: mapOf(scalar), does: "Request headers." },
    body: { shape: text, does: "Request body." },
    http2: { shape: { is: "switch" }, does: "HTTP/2, without TLS by prior knowledge. The default is HTTP/1.1." },
    host: { shape: text, does: "Host header, if it differs from the URL's host." },
    sni: { shape: text, does: "Server name in the TLS handshake, if it differs from the URL's host." },
    token: {
      shape: object("token"),
      does: "A token by this run's test key, sent as `Authorization: Bearer`. It needs a RequestAuthentication with `jwksUri`.",
    },
    clientCertificate: {
      shape: { is: "text", of: ["trusted", "foreign"] },
      does: "A client certificate: by the CA that a MUTUAL gateway trusts in this run, or by another one.",
    },
    timeout: { shape: duration, does: "Time that the caller waits. The default is 15 s." },
  },
  token: {
    issuer: { shape: text, does: "The default is the issuer of the RequestAuthentication with `jwksUri`." },
    subject: { shape: text, does: "The default is `test`." },
    audience: { shape: some(text), does: "The default is none." },
    claims: {
      shape: mapOf({ is: "either", of: [scalar, { is: "list", of: text }, mapOf(scalar)] }),
      does: "More claims.",
    },
    expired: { shape: { is: "switch" }, does: "A token that ended an hour ago." },
    forged: { shape: { is: "switch" }, does: "A token signed by another key." },
  },
  behaviour: {
    delay: { shape: duration, does: "Waits before it answers." },
    status: { shape: status, does: "Answers with this status." },
    grpcStatus: {
      shape: { is: "integer", least: 1, most: 16 },
      does: "Answers a gRPC call with this status, such as 14 for UNAVAILABLE.",
    },
    reset: { shape: { is: "switch" }, does: "Closes the connection without an answer." },
    first: {
      shape: { is: "integer", least: 1, most: 100 },
      does: "Only for the first N arrivals of each request, so that a retry can succeed.",
    },
    headers: { shape: mapOf(text), does: "Response headers." },
  },
  expect: {
    status: {
      shape: some(result),
      does: "Status of the answer, or how the request failed; a list allows any of them.",
    },
    by: {
      shape: some(text),
      does: "Workload that answered every request, SERVICE, SERVICE/VERSION, NAMESPACE/SERVICE or NAMESPACE/SERVICE/VERSION; a list allows any of them.",
    },
    reached: { shape: { is: "list", of: text }, does: "Workloads of which each answered at least one request." },
    sameWorkload: { shape: { is: "switch" }, does: "True if one pod answered all requests." },
    share: {
      shape: mapOf({ is: "integer", least: 0, most: 100 }),
      does: "Percent of the answers by each workload, or by each status.",
    },
    tolerance: {
      shape: { is: "integer", least: 1, most: 50 },
      does: "Points that a share may be off. The default is the band in which a correct split stays in 999 of 1000 runs.",
    },
    path: { shape: text, does: "Path and query as the workload received them." },
    host: { shape: text, does: "Host header as the workload received it." },
    requestHeaders: {
      shape: mapOf(scalar),
      does: "Request headers as the workload received them; `absent` and `present` are words.",
    },
    responseHeaders: {
      shape: mapOf(scalar),
      does: "Response headers as the caller received them; `absent` and `present` are words.",
    },
    location: { shape: text, does: "Target of a redirect." },
    body: { shape: text, does: "Text that the body contains." },
    grpcStatus: { shape: { is: "integer", least: 0, most: 16 }, does: "Status of a gRPC call." },
    attempts: {
      shape: {
        is: "either",
        of: [
          { is: "integer", least: 0, most: 100 },
          { is: "text", pattern: /^[<>]=? ?\d+$/, as: 'a number or "< 3"' },
        ],
      },
      does: "Arrivals of each request at any workload: 0 if a proxy answered, more than 1 after retries.",
    },
    seconds: {
      shape: {
        is: "text",
        pattern: /^([<>]=? ?\d+(\.\d+)?|~ ?\d+(\.\d+)?|\d+(\.\d+)? ?- ?\d+(\.\d+)?)$/,
        as: '"< 1.5", "> 2", "~ 3" or "1 - 2"',
      },
      does: 'Time until the answer. "~ 3" allows 15 percent less and 30 percent more.',
    },
    peer: {
      shape: text,
      does: "Identity that the workload saw: NAMESPACE/SERVICEACCOUNT, a SPIFFE URI, or `none` for plain text.",
    },
    tls: {
      shape: { is: "switch" },
      does: "True if the stand-in itself received TLS, as at the end of an egress or of a passthrough.",
    },
    certificate: { shape: { is: "list", of: text }, does: "Names in the certificate that the caller was shown." },
    mirrored: { shape: some(text), does: "Workload that received a copy; `none` if no workload may." },
  },
  matrix: {
    to: { shape: text, does: "URL without path.", required: true },
    headers: { shape: mapOf(scalar), does: "Request headers of every request." },
    rows: { shape: mapOf(mapOf(result)), does: "Expected result of each caller, by `METHOD PATH`.", required: true },
  },
};
