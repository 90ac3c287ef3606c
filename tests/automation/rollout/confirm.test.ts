import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { confirmWeight } from "../../../automation/commands/rollout/confirm";
import { RoutedOtherwise } from "../../../automation/commands/rollout/traffic";

const domain = "istio.test";
/** Dump of a gateway's routes, as Envoy writes it. */
const dump = (weight: number) =>
  JSON.stringify({
    configs: [
      {
        "@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump.DynamicRouteConfig",
        route_config: {
          name: "https.443.https.ingressgateway.istio-system",
          virtual_hosts: [
            {
              domains: [`helloworld.${domain}`],
              routes: [
                { response_headers_to_add: [{ header: { key: "x-canary-weight", value: String(weight) } }] },
                { response_headers_to_add: [{ header: { key: "x-other", value: "7" } }] },
              ],
            },
            {
              domains: ["other.istio.test"],
              routes: [{ response_headers_to_add: [{ header: { key: "x-canary-weight", value: "1" } }] }],
            },
          ],
        },
      },
    ],
  });

describe("the confirmation of a weight", () => {
  let server: Server;
  let connections: number;
  /** Weights by which the gateways behind one address answer, a connection each in turn. */
  let answers: readonly number[];
  before(async () => {
    server = createServer((_request, response) => {
      response.writeHead(200, { "x-canary-weight": String(answers[connections % answers.length]) }).end("ok");
    });
    server.on("connection", () => connections++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  beforeEach(() => {
    connections = 0;
    answers = [50];
  });
  after(() => server.close());

  function confirm(gateways: Readonly<Record<string, number | undefined>>, seconds = 0.3, signal?: AbortSignal) {
    const items = Object.keys(gateways).map((name) => ({ metadata: { name }, status: { phase: "Running" } }));
    const api = {
      get: async <T>() => ({ items }) as T,
      execute: async (_namespace: string, pod: string) => {
        const weight = gateways[pod];
        if (weight === undefined) throw new Error("forbidden");
        return dump(weight);
      },
    };
    const { port } = server.address() as AddressInfo;
    const target = { host: `helloworld.${domain}`, address: "127.0.0.1", port };
    return confirmWeight({ api, target, domain }, 50, seconds, signal);
  }

  it("reads the routes of every gateway, and sends each request from outside over a new connection", async () => {
    await confirm({ a: 50, b: 50 });
    assert.equal(connections, 10);
  });

  it("names the gateway that still routes by another weight, whatever the answers carry", async () => {
    await assert.rejects(confirm({ a: 50, b: 5 }), {
      name: RoutedOtherwise.name,
      message: "not every gateway routes by 50 % after 0.3 s: the gateway b routes by 5 %",
    });
  });

  it("reaches both gateways behind one address when it cannot read their routes", async () => {
    answers = [50, 5];
    await assert.rejects(confirm({ a: undefined, b: undefined }), {
      name: RoutedOtherwise.name,
      message: "not every gateway routes by 50 % after 0.3 s: an answer came by 5 %",
    });
    answers = [50];
    connections = 0;
    await confirm({ a: undefined, b: undefined }, 5);
    assert.ok(connections >= 14, `${connections} connections do not show both of two gateways`);
  });

  it("fails when no gateway runs", async () => {
    await assert.rejects(confirm({}), { name: "Error", message: /no pod of the ingress gateway is running$/ });
  });

  it("ends when it is interrupted", async () => {
    await assert.rejects(confirm({ a: 5 }, 60, AbortSignal.abort()), { message: "interrupted" });
  });
});
