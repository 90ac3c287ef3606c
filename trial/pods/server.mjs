// @ts-check
/**
 * A stand-in: answers each request with what it received, misbehaves where the request says so, and writes a line for
 * each arrival. Every port serves HTTP/1.1, HTTP/2 without TLS, TLS (if it has a certificate) and plain TCP.
 */
import { existsSync, readFileSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import { setTimeout as pause } from "node:timers/promises";

const workload = process.env["TRIAL_WORKLOAD"] ?? "";
const pod = process.env["TRIAL_POD"] ?? "";
const ports = (process.env["TRIAL_PORTS"] ?? "").split(",").map(Number).filter(Boolean);
const folder = "/trial/serving";

/** @type {Map<string, number>} Arrivals of each request. */
const arrivals = new Map();

/** @param {object} arrival */
const log = (arrival) => process.stdout.write(`${JSON.stringify({ trial: 1, workload, pod, ...arrival })}\n`);

/** @typedef {{ delay?: number, status?: number, grpcStatus?: number, reset?: boolean, first?: number, headers?: Record<string, string> }} Behaviour */

/**
 * Misbehaviour of this stand-in that a request configures.
 *
 * @param {import("node:http").IncomingHttpHeaders} headers
 * @param {number} arrival
 * @returns {Behaviour}
 */
function behaviour(headers, arrival) {
  const asked = headers["x-trial-given"];
  if (typeof asked !== "string") return {};
  /** @type {Record<string, Behaviour>} */
  const all = JSON.parse(asked);
  const own = all[workload];
  return own && arrival <= (own.first ?? Number.POSITIVE_INFINITY) ? own : {};
}

/** @param {any} request @param {any} response */
async function answer(request, response) {
  const { headers, method, url, socket } = request;
  const id = headers["x-trial-id"];
  const shadow = /-shadow(:\d+)?$/.test(String(headers[":authority"] ?? headers["host"] ?? ""));
  const arrival = (arrivals.get(`${id} ${shadow}`) ?? 0) + 1;
  if (id) arrivals.set(`${id} ${shadow}`, arrival);
  const seen = {
    id,
    arrival,
    shadow,
    method,
    path: url,
    http: request.httpVersion,
    tls: Boolean(socket.encrypted),
    port: socket.localPort,
    headers,
  };
  if (id) log(seen);
  request.resume();
  const {
    delay = 0,
    status = 200,
    grpcStatus = 0,
    reset = false,
    headers: more = {},
  } = shadow ? {} : behaviour(headers, arrival);
  if (delay > 0) await pause(delay);
  if (reset) {
    request.stream?.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
    if (!request.stream) socket.resetAndDestroy();
    return;
  }
  const body = JSON.stringify({ workload, pod, ...seen });
  const grpc = String(headers["content-type"] ?? "").startsWith("application/grpc");
  // a gRPC server speaks HTTP/2 only
  if (grpc && !request.stream) return void socket.destroy();
  const signature = JSON.stringify({ workload, pod, arrival });
  const common = { "x-trial-answer": signature, ...more };
  if (!grpc) {
    response.writeHead(status, { "content-type": "application/json", ...common });
    response.end(method === "HEAD" ? undefined : body);
    return;
  }
  const type = { "content-type": "application/grpc", ...common };
  // as gRPC servers do, an error is an answer without a body, whose status stands in its head
  if (grpcStatus > 0) {
    request.stream.respond({ ":status": status, ...type, "grpc-status": grpcStatus }, { endStream: true });
    return;
  }
  response.writeHead(status, type);
  response.addTrailers({ "grpc-status": "0" });
  response.end(Buffer.from([0, 0, 0, 0, 0]));
}

const failed = (/** @type {any} */ request, /** @type {any} */ response) =>
  void answer(request, response).catch((error) => {
    process.stderr.write(`${error}\n`);
    response.destroy?.();
  });

/** @param {import("node:http").IncomingMessage} request @param {import("node:stream").Duplex} socket */
function upgrade(request, socket) {
  const id = request.headers["x-trial-id"];
  if (id)
    log({
      id,
      arrival: 1,
      shadow: false,
      method: request.method,
      path: request.url,
      http: "1.1",
      tls: false,
      headers: request.headers,
    });
  const signature = JSON.stringify({ workload, pod, arrival: 1 });
  socket.end(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nx-trial-answer: ${signature}\r\n\r\n`,
  );
}

const plain = http.createServer({ keepAliveTimeout: 60_000 }, failed).on("upgrade", upgrade);
const clear = http2.createServer({}, failed);
const secure = existsSync(`${folder}/tls.crt`)
  ? http2.createSecureServer(
      {
        allowHTTP1: true,
        cert: readFileSync(`${folder}/tls.crt`),
        key: readFileSync(`${folder}/tls.key`),
        requestCert: true,
        rejectUnauthorized: false,
      },
      failed,
    )
  : undefined;
for (const server of [plain, clear, secure]) server?.on("error", () => {});
secure?.on("tlsClientError", () => {});
clear.on("sessionError", () => {});

/** Passes a connection to the server of the protocol that its first bytes speak. @param {net.Socket} socket */
function sniff(socket) {
  socket.on("error", () => {});
  socket.once("data", (first) => {
    socket.pause();
    socket.unshift(first);
    if (first[0] === 0x16) {
      if (secure) secure.emit("connection", socket);
      else socket.destroy();
    } else if (first.toString("latin1", 0, 3) === "PRI") clear.emit("connection", socket);
    else if (/^[A-Z]{3,10} \S+ HTTP\/1/.test(first.toString("latin1", 0, 4096))) plain.emit("connection", socket);
    else {
      const [, id] = /^trial (\S+)/.exec(first.toString("latin1")) ?? [];
      if (id) log({ id, arrival: 1, shadow: false, method: "TCP", path: "", http: "", tls: false, headers: {} });
      socket.end(`${JSON.stringify({ workload, pod, arrival: 1 })}\n`);
    }
    process.nextTick(() => socket.resume());
  });
}

for (const port of ports) net.createServer(sniff).listen(port, "::");
http
  .createServer((_request, response) => response.writeHead(200).end())
  .listen(Number(process.env["TRIAL_READY_PORT"] ?? 18_080), "::");
process.on("SIGTERM", () => process.exit(0));
