import assert from "node:assert/strict";
import { waitForSync } from "../../../automation/commands/try/sync";
import type { Api } from "../../../host/kubernetes";

const uuid = "3f5c0d5e-8a53-4d39-9a2b-0c8f1f1f7a10";
const nonce = (push: number) => `2026-01-31T10:00:00Z/${push}${uuid}`;
const pod = (namespace: string, name: string) => ({
  metadata: { name, namespace },
  spec: { containers: [{ name: "istio-proxy" }] },
  status: { phase: "Running" },
});
const gateway = "istio-ingressgateway-1.istio-system";
const page = "page-1.shop";

/** Sync status of a proxy whose latest push has a number. */
const at = (proxy: string, push: number, more: object = {}) => ({
  proxy,
  proxy_type: proxy === gateway ? "router" : "sidecar",
  ...Object.fromEntries(
    ["cluster", "listener", "route"].flatMap((kind) => [
      [`${kind}_sent`, nonce(push)],
      [`${kind}_acked`, nonce(push)],
    ]),
  ),
  ...more,
});

/**
 * A mesh of a gateway and a sidecar.
 *
 * @param status - of the proxies at each look; the last one stays
 * @param hasMarker - true if a proxy that is asked for the n-th time has the marker
 */
function mesh(status: readonly (readonly object[])[], hasMarker: (pod: string, time: number) => boolean) {
  let looks = 0;
  const asked: string[] = [];
  const markers: string[] = [];
  const patch = async (path: string, change: object) => {
    assert.equal(
      path,
      "/apis/networking.istio.io/v1alpha3/namespaces/istio-system/envoyfilters/istio-trial-dev-marker",
    );
    markers.push(/"name":"([^"]+)"/.exec(JSON.stringify(change))?.[1] ?? "");
  };
  const get = async (path: string) => ({
    items: path.includes("app%3Distiod")
      ? [pod("istio-system", "istiod-1")]
      : [pod("istio-system", "istio-ingressgateway-1"), pod("shop", "page-1")],
  });
  const execute = async (_: string, name: string) => {
    if (name === "istiod-1") return JSON.stringify(status[Math.min(looks++, status.length - 1)]);
    asked.push(name);
    return hasMarker(name, asked.length) ? `{"configs":[{"cluster":{"name":"${markers.at(-1)}"}}]}` : "{}";
  };
  return { api: { get, execute, patch } as unknown as Api, asked, markers };
}

describe("the configuration of a mesh test", () => {
  it("is there when every proxy has acknowledged the push that brought the marker, or a later one", async () => {
    const { api, asked } = mesh([[at(gateway, 8), at(page, 7)]], () => true);
    await waitForSync(api, "dev", "t-1", 0);
    assert.deepEqual(asked, ["page-1"], "the proxy with the earliest push is asked, and no other");
  });

  it("is waited for while istiod has not sent the marker, though every proxy is in sync", async () => {
    const { api, asked } = mesh([[at(gateway, 6), at(page, 6)]], (_, time) => time > 2);
    await waitForSync(api, "dev", "t-1", 20);
    assert.equal(asked.length, 3);
    const { api: never } = mesh([[at(gateway, 6), at(page, 6)]], () => false);
    await assert.rejects(waitForSync(never, "dev", "t-1", 0), {
      message: /^not every proxy has the configuration of the run: 0 of 2 proxies .* has no cluster istio-trial-t-1-1$/,
      exitCode: 3,
    });
  });

  it("is missing where a proxy has an earlier push, also if it acknowledged that one", async () => {
    const { api } = mesh([[at(gateway, 6), at(page, 7)]], (name) => name === "page-1");
    await assert.rejects(waitForSync(api, "dev", "t-1", 0), /0 of 2 proxies/);
    const late = at(page, 10, { listener_sent: nonce(9), listener_acked: nonce(9) });
    const { api: other } = mesh([[at(gateway, 10), late]], () => true);
    await assert.rejects(
      waitForSync(other, "dev", "t-1", 0),
      /1 of 2 proxies .*page-1\.shop lacks the latest changes$/,
    );
    const unacknowledged = at(page, 10, { route_acked: nonce(9) });
    const { api: third } = mesh([[at(gateway, 10), unacknowledged]], () => true);
    await assert.rejects(waitForSync(third, "dev", "t-1", 0), /page-1\.shop lacks the latest route$/);
  });

  it("is there in a proxy that was sent the marker and no later push, which a proxy that started late has", async () => {
    const { api, asked } = mesh([[at(gateway, 7), at(page, 9)]], (name, time) => name === "page-1" || time > 1);
    await waitForSync(api, "dev", "t-1", 20);
    assert.deepEqual(asked, ["istio-ingressgateway-1", "page-1", "istio-ingressgateway-1"]);
  });

  it("is known by another proxy when one does not answer", async () => {
    const { api } = mesh([[at(gateway, 7), at(page, 7)]], () => true);
    const execute: Api["execute"] = async (namespace, name, command) => {
      if (name === "istio-ingressgateway-1") throw new Error("no answer in 20 s");
      return api.execute(namespace, name, command);
    };
    const silent = { ...api, execute } as unknown as Api;
    await waitForSync(silent, "dev", "t-1", 20);
    await assert.rejects(
      waitForSync(silent, "dev", "t-1", 0),
      /0 of 2 proxies .*; istio-ingressgateway-1\.istio-system was asked: no answer in 20 s$/,
    );
  });

  it("needs the number of a push that is read after the proxy showed the marker", async () => {
    // the sidecar had push 6 at the first look and was then sent 7 with the marker, which the gateway lacks
    const looks = [
      [at(gateway, 6), at(page, 6)],
      [at(gateway, 6), at(page, 7)],
    ];
    const { api } = mesh(looks, (name) => name === "page-1");
    await assert.rejects(
      waitForSync(api, "dev", "t-1", 0),
      /istio-ingressgateway-1\.istio-system lacks the latest changes/,
    );
  });

  it("is not asked of a waypoint, which takes no such filter", async () => {
    const proxies = [at(gateway, 7), at(page, 7), at("waypoint-1.shop", 3, { proxy_type: "waypoint" })];
    await waitForSync(mesh([proxies], () => true).api, "dev", "t-1", 0);
    const others = [at(gateway, 3, { proxy_type: "waypoint" }), at(page, 3, { proxy_type: "ztunnel" })];
    const only = mesh([others], () => false);
    await waitForSync(only.api, "dev", "t-1", 0);
    assert.deepEqual(only.asked, []);
  });

  it("is marked once more where istiod sent a part of it after the marker, since the marker's push is not known then", async () => {
    const part = { route_sent: nonce(7), route_acked: nonce(7) };
    const inPart = [at(gateway, 8, part), at(page, 8, part)];
    const looks = [...Array(12).fill(inPart), [at(gateway, 9), at(page, 9)]];
    const { api, markers } = mesh(looks, () => true);
    await waitForSync(api, "dev", "t-1", 20);
    assert.deepEqual(markers, ["istio-trial-t-1-1", "istio-trial-t-1-2"]);
    await assert.rejects(waitForSync(mesh([inPart], () => true).api, "dev", "t-1", 0), /lacks the latest changes$/);
  });
});
