/**
 * Measures sidecars beside ambient: the memory and CPU of Istio's parts under load, and the time of an up from nothing.
 *
 * Use: `npx tsx tests/bench/proxies.ts`, on a quiet machine. It needs no stack, takes about five minutes, and prints a
 * Markdown table. E2E_CONFIG has configuration that the machine needs, such as mirrors.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Api } from "../../host/kubernetes";
import { parseSettings } from "../../model/settings/parse";
import { Environment } from "../support/environment";
import { Load } from "../support/load";
import { machineConfig, machineReads } from "../support/machine";
import { newestAmbientIstios } from "../support/machineVersions";
import { measuredOn } from "../support/measuredOn";
import { type Dataplane, dataplanes, type Measured, proxyTable, type Summary, usageOf } from "./proxyTable";

const perSecond = 100;
/** Seconds of load before the first sample: a kubelet averages CPU over about ten seconds. */
const settle = 30;
const samples = 6;
/** Seconds between two samples. */
const interval = 10;

async function summaries(api: Api): Promise<Summary[]> {
  const { items } = await api.get<{ items: readonly { metadata: { name: string } }[] }>("/api/v1/nodes");
  return Promise.all(
    items.map(({ metadata: { name } }) => api.get<Summary>(`/api/v1/nodes/${name}/proxy/stats/summary`)),
  );
}

/** Brings an environment up, measures it under load, and removes it. */
async function measure(dataplane: Dataplane, istioVersion: string): Promise<Measured> {
  const environment = await Environment.open(`proxies-${dataplane}`, { agents: "0", dataplane, istioVersion });
  try {
    const begun = performance.now();
    await environment.up();
    const seconds = (performance.now() - begun) / 1000;
    const tls = { ca: await environment.output<string>("caPem") };
    const target = { host: "helloworld.istio.localhost", address: "127.0.0.1", port: environment.ports.httpsPort, tls };
    const api = new Api(await environment.output<string>("kubeconfig"));
    const load = new Load(target, perSecond, 100_000);
    try {
      await pause(settle * 1000);
      const usages = [];
      for (let i = 0; i < samples; i++) {
        usages.push(usageOf(await summaries(api)));
        await pause(interval * 1000);
      }
      return { dataplane, seconds, usages };
    } finally {
      await load.end();
    }
  } finally {
    await environment.destroy();
  }
}

async function main(): Promise<void> {
  const config = await machineConfig();
  const istioVersion = (await newestAmbientIstios(config, machineReads)).at(-1);
  if (istioVersion === undefined) throw new Error("the mirrors lack the charts or the images of istio-cni and ztunnel");
  const measured: Measured[] = [];
  for (const dataplane of dataplanes) measured.push(await measure(dataplane, istioVersion));
  const { settings } = parseSettings({ ...config, istioVersion });
  console.log(`${proxyTable(measured)}\n\n${perSecond} requests a second. ${settings ? measuredOn(settings) : ""}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
