import type { Fields } from "./shape";
import { duration, mapOf, mappingOf, oneOrMore, scalar, status, text, tlsVersions } from "./shapes";

/** Methods that a request may have. */
const method = /^[A-Z]{3,10}$/;

/** Keys of a request. */
export const requestKeys: Fields = {
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
    shape: mappingOf("token"),
    does: "A token by this run's test key, sent as `Authorization: Bearer` unless it says otherwise. It needs a RequestAuthentication with `jwksUri`.",
  },
  clientCertificate: {
    shape: { is: "text", of: ["trusted", "foreign"] },
    does: "A client certificate: by the CA that a MUTUAL gateway trusts in this run, or by another one.",
  },
  tlsVersion: {
    shape: { is: "text", of: tlsVersions },
    does: "The only TLS version that the caller speaks. The default is 1.2 and 1.3.",
  },
  timeout: { shape: duration, does: "Time that the caller waits, at most 120 s. The default is 15 s." },
};

/** Keys of a token that a request carries. */
export const tokenKeys: Fields = {
  issuer: { shape: text, does: "The default is the issuer of the RequestAuthentication with `jwksUri`." },
  subject: { shape: text, does: "The default is `test`." },
  audience: { shape: oneOrMore(text), does: "The default is none." },
  claims: {
    shape: mapOf({ is: "any" }),
    does: "More claims, also nested ones such as `realm_access: { roles: [admin] }`.",
  },
  expired: { shape: { is: "switch" }, does: "A token that ended an hour ago." },
  forged: { shape: { is: "switch" }, does: "A token signed by another key." },
  header: { shape: text, does: "Request header that carries it, in place of `Authorization`." },
  prefix: { shape: text, does: 'Text before the token in that header, such as `"Bearer "`. The default is none.' },
  parameter: { shape: text, does: "Query parameter that carries it, in place of a header." },
  cookie: { shape: text, does: "Cookie that carries it, in place of another header." },
};

/** Keys of the misbehaviour of a stand-in. */
export const behaviourKeys: Fields = {
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
};
