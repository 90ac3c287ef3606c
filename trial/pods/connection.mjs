// @ts-check
/** Connections of a caller, secured where the URL says so. */
import { existsSync, readFileSync } from "node:fs";
import net from "node:net";
import tls from "node:tls";

/**
 * @typedef {object} Planned
 * @property {string} id
 * @property {string} url
 * @property {string} method
 * @property {string} host - Host header
 * @property {string} address - to connect to
 * @property {number} port
 * @property {Record<string, string>} headers
 * @property {string} [body]
 * @property {boolean} [http2]
 * @property {string} [sni]
 * @property {"trusted" | "foreign"} [clientCertificate]
 * @property {"TLSV1_0" | "TLSV1_1" | "TLSV1_2" | "TLSV1_3"} [tlsVersion]
 * @property {number} timeout - milliseconds
 */

const clients = "/trial/clients";

/** @param {Planned["clientCertificate"]} which */
function clientCertificate(which) {
  if (!which || !existsSync(`${clients}/${which}.crt`)) return {};
  return { cert: readFileSync(`${clients}/${which}.crt`), key: readFileSync(`${clients}/${which}.key`) };
}

/** Options for one TLS version. OpenSSL allows the old ones at its lowest level only. @param {Planned["tlsVersion"]} name */
function only(name) {
  if (!name) return {};
  const version = /** @type {tls.SecureVersion} */ (name.replace("TLSV", "TLSv").replace("_0", "").replace("_", "."));
  return {
    minVersion: version,
    maxVersion: version,
    ...(/_[01]$/.test(name) && { ciphers: "DEFAULT@SECLEVEL=0" }),
  };
}

/** Names of a certificate. @param {import("node:tls").TLSSocket} socket */
export function certificateOf(socket) {
  const { subjectaltname = "", subject } = socket.getPeerCertificate() ?? {};
  const names = subjectaltname.split(", ").map((name) => name.replace(/^(DNS|URI|IP Address):/, ""));
  return { names: subjectaltname ? names : [subject?.CN ?? ""].flat(), alpn: socket.alpnProtocol || "" };
}

/** The certificate that the other end has shown before the handshake failed. @param {tls.TLSSocket} socket */
function shownBy(socket) {
  const certificate = certificateOf(socket);
  return certificate.names.some(Boolean) ? { certificate } : {};
}

/**
 * A raw connection, secured where the URL says so.
 *
 * @param {Planned} planned
 * @param {string[]} alpn
 * @param {(local: string) => void} opened - called with the caller's own address and port, also if the handshake fails
 */
export function connect({ url, address, port, sni, clientCertificate: which, tlsVersion }, alpn, opened) {
  const secured = /^(https|wss|grpcs):/.test(url);
  return new Promise((resolve, reject) => {
    const onError = (/** @type {NodeJS.ErrnoException} */ error) =>
      reject(Object.assign(error, { before: secured ? "tls" : "connection" }));
    const done = (/** @type {net.Socket} */ socket) => {
      socket.off("error", onError);
      resolve(socket);
    };
    const options = { host: address, port, autoSelectFamily: false };
    const tell = (/** @type {net.Socket} */ { localAddress, localPort }) => opened(`${localAddress}:${localPort}`);
    if (!secured) {
      const socket = net.connect(options, () => done(socket)).once("connect", () => tell(socket));
      socket.on("error", onError);
      return;
    }
    const server = sni && !net.isIP(sni) ? { servername: sni } : {};
    const socket = tls.connect(
      {
        ...options,
        ...server,
        ...clientCertificate(which),
        ...only(tlsVersion),
        ALPNProtocols: alpn,
        rejectUnauthorized: false,
      },
      () => done(socket),
    );
    socket.once("connect", () => tell(socket));
    const failed = (/** @type {Error} */ error) => onError(Object.assign(error, shownBy(socket)));
    socket.on("error", failed);
    socket.on("close", () => failed(new Error("the connection was closed in the handshake")));
  });
}
