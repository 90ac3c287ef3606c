import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { stringify } from "yaml";
import { Api } from "../../host/kubernetes";
import { certificates } from "../support/fakeGateway";

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

  it("returns the whole output of a command, whose arguments it sends one by one", async () => {
    assert.equal(await run([[1, "one "], [2, "a warning"], [1, "two"], status({ status: "Success" })]), "one two");
    assert.deepEqual(asked, {
      url: "/api/v1/namespaces/istio-system/pods/istiod-1/exec?stdout=true&stderr=true&command=pilot-discovery&command=GET&command=%2Fdebug%2Fsyncz%3Fa%3Db%26c",
      protocol: "v4.channel.k8s.io",
      authorization: "Bearer t",
    });
  });

  it("fails with the error output of the command, or else with the message of the API server", async () => {
    const failure = status({ status: "Failure", message: "exit code 3" });
    await assert.rejects(
      run([[2, "no such endpoint\n"], failure]),
      /^Error: pilot-discovery in istiod-1: no such endpoint$/,
    );
    await assert.rejects(run([failure]), /^Error: pilot-discovery in istiod-1: exit code 3$/);
  });

  it("fails if the connection ends before the command does", async () => {
    await assert.rejects(run([[1, "half"]]), /the connection ended before the command did$/);
  });
});

describe("a request to the API server", () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let kubeconfig: (path?: string) => string;

  before(async () => {
    const { ca, cert, key } = await certificates("cluster.test", ["localhost"]);
    server = createServer({ cert, key }, (request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    kubeconfig = (path = "") =>
      stringify({
        clusters: [
          {
            cluster: {
              server: `https://localhost:${port}${path}`,
              "certificate-authority-data": Buffer.from(ca).toString("base64"),
            },
          },
        ],
        users: [{ user: {} }],
      });
  });
  after(() => server.close());

  it("fails if the connection ends in the middle of the answer", async () => {
    answer = (_request, response) => {
      response.writeHead(200, { "content-length": 1000 });
      response.write('{"items":', () => response.destroy());
    };
    await assert.rejects(new Api(kubeconfig()).get("/api/v1/nodes"), /the answer was cut off/);
  });

  it("fails if the answer never begins, or trickles for longer than its limit", async () => {
    const trickle = new Set<NodeJS.Timeout>();
    const begun = [
      (_response: ServerResponse) => {},
      (response: ServerResponse) => trickle.add(setInterval(() => response.write(" "), 20)),
    ];
    for (const begin of begun) {
      answer = (_request, response) => void begin(response);
      await assert.rejects(new Api(kubeconfig(), 0.3).get("/api/v1/nodes"), { message: "no complete answer in 0.3 s" });
    }
    for (const timer of trickle) clearInterval(timer);
    server.closeAllConnections();
  });

  it("keeps the path of the server's URL, as Rancher's have one", async () => {
    answer = ({ url }, response) => response.end(JSON.stringify({ url }));
    const api = new Api(kubeconfig("/k8s/clusters/c-m-abc/"));
    assert.deepEqual(await api.get("/api/v1/nodes"), { url: "/k8s/clusters/c-m-abc/api/v1/nodes" });
  });
});
