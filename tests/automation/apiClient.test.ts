import assert from "node:assert/strict";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { stringify } from "yaml";
import { Api } from "../../host/kubernetes";
import { certificates } from "../support/door";

type Frames = readonly (readonly [channel: number, text: string])[];
const status = (fields: object): [number, string] => [3, JSON.stringify(fields)];

describe("a command in a pod", () => {
  let server: Server;
  let sockets: WebSocketServer;
  let api: Api;
  let frames: Frames;
  let asked: { url: string | undefined; protocol: string; authorization: string | undefined };

  before(async () => {
    const { ca, cert, key } = await certificates("cluster.test", ["localhost"]);
    server = createServer({ cert, key });
    sockets = new WebSocketServer({ server });
    sockets.on("connection", (socket, { url, headers }) => {
      asked = { url, protocol: socket.protocol, authorization: headers.authorization };
      for (const [channel, text] of frames) socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
      socket.close();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const cluster = {
      server: `https://localhost:${port}`,
      "certificate-authority-data": Buffer.from(ca).toString("base64"),
    };
    api = new Api(stringify({ clusters: [{ cluster }], users: [{ user: { token: "t" } }] }));
  });
  after(() => {
    sockets.close();
    server.close();
  });

  const run = (answer: Frames) => {
    frames = answer;
    return api.execute("istio-system", "istiod-1", ["pilot-discovery", "GET", "/debug/syncz?a=b&c"]);
  };

  it("answers with all of its output, and is asked word by word", async () => {
    assert.equal(await run([[1, "one "], [2, "a warning"], [1, "two"], status({ status: "Success" })]), "one two");
    assert.deepEqual(asked, {
      url: "/api/v1/namespaces/istio-system/pods/istiod-1/exec?stdout=true&stderr=true&command=pilot-discovery&command=GET&command=%2Fdebug%2Fsyncz%3Fa%3Db%26c",
      protocol: "v4.channel.k8s.io",
      authorization: "Bearer t",
    });
  });

  it("fails with what it said of its error, or else with what the API server says", async () => {
    const failure = status({ status: "Failure", message: "exit code 3" });
    await assert.rejects(
      run([[2, "no such endpoint\n"], failure]),
      /^Error: pilot-discovery in istiod-1: no such endpoint$/,
    );
    await assert.rejects(run([failure]), /^Error: pilot-discovery in istiod-1: exit code 3$/);
  });

  it("fails where the connection ends before the command does", async () => {
    await assert.rejects(run([[1, "half"]]), /ended before it told how the command ended$/);
  });
});
