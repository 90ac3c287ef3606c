// @ts-check
/**
 * A caller: reads its plan, one line of JSON, from standard input, sends its requests, and writes a line of JSON for each
 * answer. It runs inside a pod by `kubectl exec`, so that no policy of the mesh stands between it and its reader.
 */
import { existsSync, readFileSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
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
 * @property {number} timeout - milliseconds
 */

const longestBody = 4096;
const clients = "/trial/clients";

/** @param {Planned["clientCertificate"]} which */
function clientCertificate(which) {
  if (!which || !existsSync(`${clients}/${which}.crt`)) return {};
  return { cert: readFileSync(`${clients}/${which}.crt`), key: readFileSync(`${clients}/${which}.key`) };
}

/** Names of a certificate. @param {import("node:tls").TLSSocket} socket */
function certificateOf(socket) {
  const { subjectaltname = "", subject } = socket.getPeerCertificate() ?? {};
  const names = subjectaltname.split(", ").map((name) => name.replace(/^(DNS|URI|IP Address):/, ""));
  return { names: subjectaltname ? names : [subject?.CN ?? ""].flat(), alpn: socket.alpnProtocol || "" };
}

/** A raw connection, secured where the URL says so. @param {Planned} planned @param {string[]} alpn */
function connect({ url, address, port, sni, clientCertificate: which }, alpn) {
  const secured = /^https:|^wss:/.test(url);
  return new Promise((resolve, reject) => {
    const onError = (/** @type {NodeJS.ErrnoException} */ error) =>
      reject(Object.assign(error, { before: secured ? "tls" : "connection" }));
    const done = (/** @type {net.Socket} */ socket) => {
      socket.off("error", onError);
      resolve(socket);
    };
    const options = { host: address, port, autoSelectFamily: false };
    if (!secured) {
      const socket = net.connect(options, () => done(socket));
      socket.on("error", onError);
      return;
    }
    const server = sni && !net.isIP(sni) ? { servername: sni } : {};
    const socket = tls.connect(
      { ...options, ...server, ...clientCertificate(which), ALPNProtocols: alpn, rejectUnauthorized: false },
      () => done(socket),
    );
    socket.on("error", onError);
    socket.on("close", () => onError(new Error("the connection was closed in the handshake")));
  });
}

/** @param {NodeJS.ReadableStream & { destroy?: () => void }} stream */
async function textOf(stream) {
  let text = "";
  for await (const chunk of stream) if (text.length < longestBody) text += chunk;
  return text.slice(0, longestBody);
}

/** @param {Planned} planned @param {import("node:net").Socket} socket */
function http1({ url, method, host, headers, body }, socket) {
  const { pathname, search } = new URL(url.replace(/^(grpc|ws):/, "http:"));
  const secured = url.startsWith("https:");
  return new Promise((resolve, reject) => {
    const upgrade = url.startsWith("ws:")
      ? {
          connection: "Upgrade",
          upgrade: "websocket",
          "sec-websocket-version": "13",
          "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
      : { connection: "close" };
    const request = (secured ? https : http).request({
      createConnection: () => socket,
      method,
      path: `${pathname}${search}`,
      headers: {
        ...upgrade,
        host,
        ...headers,
        ...(body !== undefined && { "content-length": Buffer.byteLength(body) }),
      },
    });
    request.on("response", async (response) => {
      const answered = Date.now();
      const text = await textOf(response).catch((error) => `${error.message}`);
      resolve({ status: response.statusCode, headers: response.headers, body: text, answered });
    });
    request.on("upgrade", (response) => {
      resolve({ status: response.statusCode, headers: response.headers, body: "", answered: Date.now() });
      socket.destroy();
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** @param {Planned} planned @param {import("node:net").Socket} socket */
function http2Request({ url, method, host, headers, body }, socket) {
  const grpc = url.startsWith("grpc:");
  const { pathname, search } = new URL(url.replace(/^grpc:/, "http:"));
  const scheme = url.startsWith("https:") ? "https" : "http";
  return new Promise((resolve, reject) => {
    const session = http2.connect(`${scheme}://${host}`, { createConnection: () => socket });
    session.on("error", reject);
    const stream = session.request({
      ":method": grpc ? "POST" : method,
      ":path": `${pathname}${search}`,
      ":authority": host,
      ...(grpc && { "content-type": "application/grpc", te: "trailers" }),
      ...headers,
    });
    /** @type {Record<string, unknown>} */
    let answer = {};
    /** @type {Record<string, unknown>} */
    let trailers = {};
    stream.on("response", (received) => {
      answer = { status: received[":status"], headers: { ...received }, answered: Date.now() };
    });
    stream.on("trailers", (received) => {
      trailers = received;
    });
    stream.on("error", reject);
    let text = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk) => {
      if (text.length < longestBody) text += chunk;
    });
    stream.on("end", () => {
      const { headers: received = {} } = /** @type {{ headers?: Record<string, unknown> }} */ (answer);
      const status = trailers["grpc-status"] ?? received["grpc-status"];
      resolve({
        ...answer,
        body: text,
        ...(grpc && { grpcStatus: status === undefined ? undefined : Number(status) }),
      });
      session.close();
    });
    stream.on("close", () => reject(Object.assign(new Error("the stream was closed"), { code: "ECONNRESET" })));
    stream.end(grpc ? Buffer.from([0, 0, 0, 0, 0]) : body);
  });
}

/** @param {Planned} planned @param {import("node:net").Socket} socket */
function tcp({ id }, socket) {
  return new Promise((resolve, reject) => {
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("end", () =>
      text
        ? resolve({ status: 200, headers: { "x-trial-answer": text.trim() }, body: text, answered: Date.now() })
        : reject(Object.assign(new Error("closed without an answer"), { code: "ECONNRESET" })),
    );
    socket.on("error", reject);
    socket.write(`trial ${id}\n`);
  });
}

/** Failure of a request, as the test format names it. @param {NodeJS.ErrnoException & { before?: string }} error */
function failureOf({ code = "", message, before }) {
  if (before === "tls") return "tls-error";
  if (code === "ETIMEDOUT" || code === "ABORT") return "timeout";
  if (["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"].includes(code)) return "refused";
  if (code.startsWith("ERR_SSL") || code === "EPROTO") return "tls-error";
  return /socket hang up|ECONNRESET|EPIPE|closed|other side|Parse Error|ERR_HTTP2/.test(`${code} ${message}`)
    ? "reset"
    : "unclear";
}

/** @param {Planned} planned */
async function send(planned) {
  const begun = Date.now();
  const { id, url, timeout } = planned;
  const two = planned.http2 || url.startsWith("grpc:");
  /** @type {any} */
  let socket;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error(`no answer in ${timeout / 1000} s`), { code: "ABORT" })),
      timeout,
    );
  });
  const exchange = async () => {
    socket = await connect(planned, two ? ["h2"] : ["http/1.1"]);
    const certificate = socket.getPeerCertificate ? certificateOf(socket) : undefined;
    const work = url.startsWith("tcp:") ? tcp : two ? http2Request : http1;
    return { ...(await work(planned, socket)), ...(certificate && { certificate }) };
  };
  try {
    const { answered = Date.now(), ...answer } = await Promise.race([exchange(), late]);
    return { id, begun, ms: answered - begun, ...answer };
  } catch (error) {
    const failure = failureOf(/** @type {Error} */ (error));
    return { id, begun, ms: Date.now() - begun, failure, detail: /** @type {Error} */ (error).message };
  } finally {
    clearTimeout(timer);
    socket?.destroy();
  }
}

/** @param {{ groups: Planned[][][], parallel: number }} plan - each group is sent step by step, each step at once */
async function run({ groups, parallel }) {
  const waiting = [...groups];
  const worker = async () => {
    for (let group = waiting.shift(); group; group = waiting.shift())
      for (const step of group)
        await Promise.all(
          step.map(async (planned) => process.stdout.write(`${JSON.stringify(await send(planned))}\n`)),
        );
  };
  await Promise.all(Array.from({ length: Math.min(parallel, groups.length) }, worker));
  process.stdout.write('{"end":true}\n', () => process.exit(0));
}

let input = "";
process.stdin.on("data", (chunk) => {
  input += chunk;
  if (!input.includes("\n")) return;
  process.stdin.pause();
  run(JSON.parse(input.slice(0, input.indexOf("\n"))));
});
process.stdin.on("end", () => process.exit(input.includes("\n") ? undefined : 1));
