import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { createServer } from "node:tls";
import type { Answer, Arrival } from "../../model/trial/requests/observation";
import type { PlannedRequest } from "../../model/trial/requests/send";
import { certificates } from "../support/fakeGateway";
import { freePorts } from "../support/free";

const program = (name: string) => path.join("trial", "pods", name);

/** Sends requests as a caller's pod does, and returns each answer by id. */
async function send(planned: readonly PlannedRequest[]): Promise<ReadonlyMap<string, Answer>> {
  const caller = spawn(process.execPath, [program("caller.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
  caller.stdin.write(`${JSON.stringify({ groups: planned.map((one) => [[one]]), parallel: 4 })}\n`);
  const rows: Answer[] = [];
  for await (const row of createInterface(caller.stdout))
    if (row !== '{"end":true}') rows.push(JSON.parse(row) as Answer);
  return new Map(rows.map((one) => [one.id, one]));
}

describe("a caller and a stand-in", () => {
  let server: ChildProcess;
  let port = 0;
  const arrivals: Arrival[] = [];

  before(async () => {
    const { httpPort, httpsPort } = await freePorts();
    port = httpPort;
    server = spawn(process.execPath, [program("server.mjs")], {
      env: {
        ...process.env,
        TRIAL_WORKLOAD: "shop/web",
        TRIAL_POD: "web-1",
        TRIAL_PORTS: `${port}`,
        TRIAL_READY_PORT: `${httpsPort}`,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const { stdout } = server;
    assert.ok(stdout);
    createInterface(stdout).on("line", (row) => arrivals.push(JSON.parse(row) as Arrival));
    while (!(await fetch(`http://127.0.0.1:${httpsPort}/ready`).catch(() => undefined)));
  });
  after(async () => {
    server.kill();
    await once(server, "exit");
  });

  const request = (id: string, url: string, more: Partial<PlannedRequest> = {}): PlannedRequest => ({
    id,
    url: url.replace("PORT", String(port)),
    method: "GET",
    host: "web",
    address: "127.0.0.1",
    port,
    timeout: 5000,
    ...more,
    headers: { "x-trial-id": id, ...more.headers },
  });
  const given = (behaviour: object) => ({ headers: { "x-trial-given": JSON.stringify({ "shop/web": behaviour }) } });

  it("speak HTTP, HTTP/2, gRPC, WebSocket and TCP on one port", async () => {
    const answers = await send([
      request("http", "http://web:PORT/a?b=1"),
      request("http2", "http://web:PORT/", { http2: true }),
      request("grpc", "grpc://web:PORT/demo.Greeter/Hello"),
      request("ws", "ws://web:PORT/"),
      request("tcp", "tcp://web:PORT"),
    ]);
    const seen = [...answers].sort().map(([id, { status, grpcStatus }]) => [id, status, grpcStatus]);
    assert.deepEqual(seen, [
      ["grpc", 200, 0],
      ["http", 200, undefined],
      ["http2", 200, undefined],
      ["tcp", 200, undefined],
      ["ws", 101, undefined],
    ]);
    assert.match(answers.get("http")?.local ?? "", /^127\.0\.0\.1:\d+$/);
    assert.deepEqual(arrivals.map(({ id }) => id).sort(), ["grpc", "http", "http2", "tcp", "ws"]);
  });

  it("misbehave as the case configures, only for its first arrivals if it has `first`", async () => {
    const answers = await send([
      request("status", "http://web:PORT/", given({ status: 503 })),
      request("reset", "http://web:PORT/", given({ reset: true })),
      request("unavailable", "grpc://web:PORT/a.B/C", given({ grpcStatus: 14 })),
      request("late", "http://web:PORT/", { ...given({ delay: 400 }), timeout: 100 }),
    ]);
    const seen = [...answers]
      .sort()
      .map(([id, { status, failure, grpcStatus }]) => [id, status ?? failure, grpcStatus]);
    assert.deepEqual(seen, [
      ["late", "timeout", undefined],
      ["reset", "reset", undefined],
      ["status", 503, undefined],
      ["unavailable", 200, 14],
    ]);
    const twice = request("first", "http://web:PORT/", given({ status: 503, first: 1 }));
    assert.equal((await send([twice])).get("first")?.status, 503);
    assert.equal((await send([twice])).get("first")?.status, 200);
  });

  it("wait after as many failures of one pod in a row as make a proxy eject it", async () => {
    const failing = (id: string) => request(id, "http://web:PORT/", given({ status: 500 }));
    const planned = [..."abcdefg"].map((id) => (id === "c" ? request(id, "http://web:PORT/") : failing(id)));
    const caller = spawn(process.execPath, [program("caller.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
    const group = planned.map((one) => [one]);
    caller.stdin.write(`${JSON.stringify({ groups: [group], parallel: 1, ejection: { failures: 3, pause: 300 } })}\n`);
    const answers: Answer[] = [];
    for await (const row of createInterface(caller.stdout))
      if (row !== '{"end":true}') answers.push(JSON.parse(row) as Answer);
    const gaps = answers.slice(1).map(({ begun }, i) => begun - (answers[i]?.begun ?? 0) >= 300);
    // the third failure in a row is that of f: the answer of c ended the first two
    assert.deepEqual(gaps, [false, false, false, false, false, true]);
  });

  it("end a gRPC call that arrives over HTTP/1.1, as a gRPC server does", async () => {
    const headers = { "content-type": "application/grpc" };
    const answers = await send([request("old", "http://web:PORT/a.B/C", { method: "POST", headers })]);
    assert.equal(answers.get("old")?.failure, "reset");
  });
});

describe("a caller whose handshake fails", () => {
  it("reports the certificate that the server has shown before", async () => {
    const { ca, cert, key } = await certificates("example.com", ["web.example.com"]);
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      const server = createServer({ ca, cert, key, requestCert: true, rejectUnauthorized: true, maxVersion });
      await once(server.listen(0, "127.0.0.1"), "listening");
      const { port } = server.address() as AddressInfo;
      const url = "https://web.example.com/";
      const planned = {
        id: "t",
        url,
        method: "GET",
        host: "web",
        address: "127.0.0.1",
        port,
        headers: {},
        timeout: 5000,
      };
      const answer = (await send([planned])).get("t");
      assert.equal(answer?.failure, "tls-error");
      assert.deepEqual(answer.certificate?.names, ["web.example.com"]);
      server.close();
    }
  });
});
