import assert from "node:assert/strict";
import { forgetSecrets, waitForWarmProxies } from "../../../automation/commands/try/credentials";
import type { Api } from "../../../host/kubernetes";
import { planOf, shop } from "../../model/trial/files";
import { fakeProxies } from "../../support/fakeProxies";

const gateway = `---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: web, namespace: shop }
spec:
  selector: { istio: ingressgateway }
  servers:
    - port: { number: 443, name: https, protocol: HTTPS }
      tls: { mode: SIMPLE, credentialName: web }
      hosts: [web.example.com]
`;
const elsewhere =
  "---\napiVersion: v1\nkind: Secret\nmetadata: { name: web, namespace: shop }\ntype: kubernetes.io/tls\n";
const cases = "cases: [{ it: answers, from: outside, request: https://web.example.com/, expect: 200 }]";
const { plan } = planOf(`${shop}${gateway}`, cases);
const pod = (namespace: string, name: string, app = name) => ({
  metadata: { name, namespace, labels: { app } },
  spec: { containers: [{ name: "istio-proxy" }] },
  status: { phase: "Running" },
});
const pods = [pod("istio-system", "door"), pod("istio-system", "ztunnel"), pod("other", "page"), pod("shop", "web")];
const counts = (listeners: number, clusters: number): string =>
  `cluster_manager.warming_clusters: ${clusters}\nlistener_manager.total_listeners_warming: ${listeners}\n`;

describe("Secrets of a mesh test", () => {
  it("are waited for by the proxies of the run that use Envoy, until no listener and no cluster lacks one", async () => {
    const { api, asked } = fakeProxies((name, time) => (name === "door" && time === 1 ? counts(1, 0) : counts(0, 0)));
    await waitForWarmProxies(api, plan, pods, 20);
    assert.deepEqual([...asked].sort(), ["door", "door", "web", "web"]);
  });

  it("are named by the proxies that wait for them when the time is over, or that do not answer", async () => {
    const { api } = fakeProxies((name) => (name === "door" ? counts(0, 2) : counts(0, 0)));
    await assert.rejects(waitForWarmProxies(api, plan, pods, 0), {
      message: /still wait .*: istio-system\/door$/,
      exitCode: 3,
    });
    const { api: silent } = fakeProxies((name) => (name === "web" ? new Error("no answer") : counts(0, 0)));
    await assert.rejects(waitForWarmProxies(silent, plan, pods, 0), /: shop\/web$/);
    const { api: empty } = fakeProxies(() => "");
    await assert.rejects(waitForWarmProxies(empty, plan, pods, 0), /: istio-system\/door, shop\/web$/);
  });

  it("are not asked for where nothing names one", async () => {
    const { api, asked } = fakeProxies(() => counts(1, 1));
    await waitForWarmProxies(api, planOf(shop, cases).plan, pods, 0);
    assert.deepEqual(asked, []);
  });

  it("that an earlier run had are forgotten by the gateway before the run that lacks them is applied", async () => {
    const lacking = planOf(`${shop}${gateway}${elsewhere}`, cases).plan;
    const order: string[] = [];
    const remembers = (times: number) => {
      const { api } = fakeProxies((_, time) => {
        order.push("asked");
        return time <= times ? '{"name":"kubernetes://web"}' : "{}";
      });
      return { ...api, get: async () => ({ items: pods }) } as unknown as Api;
    };
    const how = { say: (line: string) => void order.push(line), remove: async () => void order.push("removed") };
    await forgetSecrets(remembers(0), lacking, how);
    assert.deepEqual(order.splice(0), ["asked"]);
    await forgetSecrets(remembers(2), lacking, how, 20);
    const notice =
      "a gateway still serves istio-system/web of an earlier run: waiting until it has forgotten it, about 45 s";
    assert.deepEqual(order.splice(0), ["asked", notice, "removed", "asked", "asked"]);
    await assert.rejects(forgetSecrets(remembers(99), lacking, how, 0), {
      message: "a gateway still serves a Secret of an earlier run: istio-system/web; run the tests again in a minute",
      exitCode: 3,
    });
    await forgetSecrets(remembers(99), plan, how);
  });
});
