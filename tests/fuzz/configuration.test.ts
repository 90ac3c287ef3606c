import assert from "node:assert/strict";
import * as state from "@pulumi/pulumi/runtime/state";
import fc from "fast-check";
import { choosePool, parsePool, parseSubnet, reservedAddresses } from "../../model/cluster/addressPool";
import { cacheContainer } from "../../model/cluster/imageCache";
import { clusterSettings, dockerNames, k3dConfig } from "../../model/cluster/k3dConfig";
import { publicHost, serviceHost } from "../../model/names";
import type { Settings } from "../../model/settings/contract";
import { parseSettings } from "../../model/settings/parse";
import { anyConfiguration } from "../support/anyConfiguration";
import { violations } from "../support/crds";
import { type Registered, runProgram } from "../support/program";

/** Random configurations of one run: few in `npm test`, 20,000 every night with `FUZZ_RUNS=20000 npm run fuzz`. */
const runs = Number(process.env["FUZZ_RUNS"] ?? 40);

const hostname = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/;
const dnsName = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Addresses and names of the cluster itself. */
function consistentCluster(settings: Settings): void {
  if (settings.cluster !== "k3d") return;
  const network = parseSubnet(settings.subnet);
  const pool = parsePool(choosePool(settings.subnet, settings.pool));
  assert.ok(network && pool);
  const { caches } = clusterSettings(settings);
  const containersEnd = reservedAddresses(network, settings.agents, caches.length).last;
  assert.ok(pool.first > containersEnd && pool.last < network.last, "pool beside the nodes and caches");
  assert.ok(pool.first <= pool.last);
  assert.notEqual(settings.httpPort, settings.httpsPort);
  const config = k3dConfig(clusterSettings(settings), { stack: "s", id: "1", state: "here" }, "generation");
  const containers = [
    ...Object.values(dockerNames(settings.clusterName)),
    `k3d-${settings.clusterName}-agent-${settings.agents}`,
    ...clusterSettings(settings).caches.map(cacheContainer),
  ];
  for (const name of containers) assert.match(name, hostname);
  assert.equal(new Set(containers).size, containers.length);
  for (const { port } of config.ports) assert.match(port, /^127\.0\.0\.1:\d{1,5}:\d{1,5}$/);
}

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly hosts?: readonly string[] };
}

const isObject = ({ type }: Registered) => type.startsWith("kubernetes:") && !type.includes("helm.sh");
const isCustom = ({ type }: Registered) => /^kubernetes:([\w.]+\.)?(istio|metallb)\.io\//.test(type);

/** Names, labels and hosts of what the program registers. */
function consistentProgram(settings: Settings, resources: readonly Registered[]): void {
  const objects = resources.filter(isObject);
  const identities = objects.map(({ type, inputs }) => {
    const { metadata } = inputs as unknown as KubernetesObject;
    return `${type} ${metadata?.namespace}/${metadata?.name}`;
  });
  assert.deepEqual(
    identities.filter((each, i) => identities.indexOf(each) !== i),
    [],
    "two resources for one object",
  );
  for (const resource of objects) {
    const { metadata, spec } = resource.inputs as unknown as KubernetesObject;
    assert.ok(!metadata?.name || (metadata.name.length <= 253 && dnsName.test(metadata.name)), metadata?.name);
    for (const value of Object.values(metadata?.labels ?? {})) assert.match(value, labelValue, resource.name);
    if (!isCustom(resource)) continue;
    assert.deepEqual(violations(resource.inputs as unknown as KubernetesObject), [], resource.name);
    const hosts = spec?.hosts ?? [];
    assert.equal(new Set(hosts).size, hosts.length, `a host twice in ${resource.name}`);
    for (const host of hosts) assert.ok(host.length <= 253 && dnsName.test(host), host);
  }
  assert.notEqual(publicHost(settings.domain), serviceHost);
}

describe("random configurations", () => {
  it("leave no server of the program's hooks behind, which would keep all its resources in memory", async () => {
    await runProgram();
    const { getStore } = state as unknown as { getStore(): { readonly callbacks?: object } };
    assert.equal(getStore().callbacks, undefined);
  });

  it("are either refused or give one consistent environment", async function () {
    this.timeout(runs * 10_000);
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(anyConfiguration, async (config) => {
        const { settings, problems } = parseSettings(config);
        assert.equal(settings === undefined, problems.length > 0);
        if (!settings) return;
        accepted++;
        consistentCluster(settings);
        consistentProgram(settings, (await runProgram(config)).resources);
      }),
      { numRuns: runs, endOnFailure: true },
    );
    assert.ok(accepted > runs / 10, `only ${accepted} of ${runs} were accepted`);
  });

  it("that are refused are refused by a remedy for each problem, and those accepted fit their cluster", function () {
    this.timeout(20_000 + runs * 250);
    fc.assert(
      fc.property(anyConfiguration, (config) => {
        const { settings, problems } = parseSettings(config);
        if (settings) consistentCluster(settings);
        for (const { remedy, rule } of problems)
          assert.ok(remedy.some((part) => typeof part === "object") && rule !== "");
      }),
      { numRuns: runs * 25 },
    );
  });
});
