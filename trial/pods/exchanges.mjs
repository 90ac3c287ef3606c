// @ts-check
/** One request and its answer, in the protocol that the URL's scheme names. */
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";

/** @typedef {import("./connection.mjs").Planned} Planned */

const longestBody = 4096;

/** @param {NodeJS.ReadableStream & { destroy?: () => void }} stream */
async function textOf(stream) {
  let text = "";
  for await (const chunk of stream) if (text.length < longestBody) text += chunk;
  return text.slice(0, longestBody);
}

/** @param {Planned} planned @param {import("node:net").Socket} socket */
export function http1({ url, method, host, headers, body }, socket) {
  const { pathname, search } = new URL(url.replace(/^\w+:/, "http:"));
  const secured = /^(https|wss):/.test(url);
  return new Promise((resolve, reject) => {
    const upgrade = /^wss?:/.test(url)
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
export function http2Request({ url, method, host, headers, body }, socket) {
  const grpc = /^grpcs?:/.test(url);
  const { pathname, search } = new URL(url.replace(/^\w+:/, "http:"));
  const scheme = /^(https|grpcs):/.test(url) ? "https" : "http";
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
export function tcp({ id }, socket) {
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
