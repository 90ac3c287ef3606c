import assert from "node:assert/strict";
import { waitForDrainedProxies } from "../../../automation/commands/try/drain";
import { workloadLabel } from "../../../model/trial/standIns/pods";
import { planOf, shop } from "../../model/trial/files";
import { object } from "../../model/trial/reasonsOf";
import { fakeProxies } from "../../support/fakeProxies";

const pod = (name: string, { ofRun = true, proxy = true } = {}) => ({
  metadata: { name, namespace: "shop", labels: ofRun ? { [workloadLabel]: name } : {} },
  spec: { containers: [{ name: proxy ? "istio-proxy" : "trial" }] },
  status: { phase: "Running" },
});
const counts = (chains: number, listeners = 0): string =>
  `listener_manager.total_filter_chains_draining: ${chains}\nlistener_manager.total_listeners_draining: ${listeners}\n`;

describe("connections that a caller's proxy has kept from an earlier run", () => {
  it("are waited for until each proxy of the run has closed them, and no other proxy is asked", async () => {
    const { api, asked } = fakeProxies((name, time) =>
      counts(name === "web" && time < 3 ? 1 : 0, name === "page" ? 2 - time : 0),
    );
    const others = [pod("door", { ofRun: false }), pod("bare", { proxy: false })];
    await waitForDrainedProxies(api, [pod("web"), pod("page"), ...others], 20);
    assert.deepEqual([...asked].sort(), ["page", "page", "web", "web", "web"]);
  });

  it("are named by their proxies when the time is over, or if a proxy does not answer", async () => {
    const { api } = fakeProxies((name) =>
      name === "web" ? counts(1) : name === "page" ? new Error("gone") : counts(0),
    );
    await assert.rejects(waitForDrainedProxies(api, [pod("web"), pod("page"), pod("cart")], 0), {
      message: /earlier configuration: shop\/web, shop\/page$/,
      exitCode: 3,
    });
  });

  it("are closed within a second by stand-ins and by the run's own gateways", () => {
    const gateway =
      "{ selector: { istio: public }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ['*'] }] }";
    const { plan } = planOf(shop + object("Gateway", gateway, { name: "edge" }));
    const configurations = plan.objects
      .filter(({ kind }) => kind === "Deployment")
      .map(({ metadata, spec }) => [
        metadata.name,
        JSON.parse(spec.template.metadata.annotations["proxy.istio.io/config"]).drainDuration,
      ]);
    assert.deepEqual(configurations, [
      ["web", "1s"],
      ["outside", "1s"],
      ["istio-public", "1s"],
    ]);
  });
});
