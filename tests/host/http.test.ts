import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getFrom } from "../../host/http";

describe("a request", () => {
  let server: Server;
  let connections: number;
  let trickle: NodeJS.Timeout | undefined;

  async function target(answer: RequestListener) {
    connections = 0;
    server = createServer(answer);
    server.on("connection", () => connections++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { host: "helloworld.test", address: "127.0.0.1", port: (server.address() as AddressInfo).port };
  }
  afterEach(() => {
    clearInterval(trickle);
    server.closeAllConnections();
    server.close();
  });

  it("fails when the answer is cut off after its headers", async () => {
    const cut = await target((_request, response) => {
      response.writeHead(200, { "content-length": 1000 });
      response.write("half", () => response.destroy());
    });
    await assert.rejects(getFrom(cut), { message: "the answer was cut off" });
  });

  it("fails when the connection is closed before the headers", async () => {
    const closed = await target((request) => request.socket.destroy());
    await assert.rejects(getFrom(closed), { message: "socket hang up" });
  });

  it("fails at its deadline without a response, and when the body comes too slowly", async () => {
    const silent = await target(() => {});
    await assert.rejects(getFrom(silent, { deadline: 100 }), { message: "no complete answer in 0.1 s" });
    server.closeAllConnections();
    server.close();
    const trickling = await target((_request, response) => {
      response.writeHead(200);
      trickle = setInterval(() => response.write("."), 10);
    });
    await assert.rejects(getFrom(trickling, { deadline: 100 }), { message: "no complete answer in 0.1 s" });
  });

  it("ends with its signal, also when that has aborted already", async () => {
    const stop = new AbortController();
    const silent = await target(() => stop.abort());
    await assert.rejects(getFrom(silent, { signal: stop.signal }), { message: "interrupted" });
    await assert.rejects(getFrom(silent, { signal: stop.signal }), { message: "interrupted" });
  });

  it("opens a new connection", async () => {
    const open = await target((_request, response) => response.end("ok"));
    for (let i = 0; i < 3; i++) assert.equal((await getFrom(open)).body, "ok");
    assert.equal(connections, 3);
  });
});
