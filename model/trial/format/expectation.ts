import type { Fields } from "./shape";
import { mapOf, oneOrMore, result, scalar, text } from "./shapes";

/** Keys of an expectation. */
export const expectationKeys: Fields = {
  status: {
    shape: oneOrMore(result),
    does: "Status of the answer, or how the request failed; a list allows any of them.",
  },
  by: {
    shape: oneOrMore(text),
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
    does: "Points that a share, also of a mirror, may be off. The default is the band in which a correct split stays in 999 of 1000 runs.",
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
  protocol: {
    shape: { is: "text", of: ["HTTP/1.1", "HTTP/2"] },
    does: "Protocol in which the workload received the request from its sidecar, or from the caller.",
  },
  certificate: {
    shape: { is: "list", of: text },
    does: "Names in the certificate that the caller was shown, also if the handshake failed after that.",
  },
  mirrored: { shape: oneOrMore(text), does: "Workload that received a copy; `none` if no workload may." },
  mirroredShare: {
    shape: mapOf({ is: "integer", least: 0, most: 100 }),
    does: "Percent of the requests of which each workload received a copy.",
  },
};
