import assert from "node:assert/strict";
import { supportedIstio } from "../../model/mesh/versions";
import { settingKeys } from "../../model/settings/contract";
import versions from "../../versions.json";
import { type Config, hasAmbient, type MachineReads, newestIstios, withVersions } from "./machineVersions";

const mirrors = { istioChartRepository: "http://charts.test", metallbChartRepository: "http://charts.test/metallb" };
const [oldest = "", ...newer] = Object.keys(supportedIstio);
const [oldMetallb = ""] = versions.supported.metallb;
const kubernetes = supportedIstio[oldest]?.kubernetes[0];

/** A machine whose repositories have these versions, and whose Docker has these images. */
const machine = (
  charts: Record<string, readonly string[]>,
  images: readonly string[],
  files: readonly string[] = [],
): MachineReads => ({
  hasFile: async (url) => files.includes(url),
  chartVersions: async (_repository, names) => charts[names[0] ?? ""] ?? [],
  hasImage: async (image) => images.includes(image),
  tags: async (image) => images.filter((one) => one.startsWith(`${image}:`)).map((one) => one.slice(image.length + 1)),
});
const istioImages = (version: string) => ["pilot", "proxyv2"].map((name) => `docker.io/istio/${name}:${version}`);
const metallbImages = (version: string) =>
  ["controller", "speaker"].map((name) => `quay.io/metallb/${name}:v${version}`);
const k3s = (version: string) => `rancher/k3s:${version}`;

async function chosen(config: Config, reads: MachineReads) {
  const printed: string[] = [];
  return { config: await withVersions(config, reads, (line) => printed.push(line)), printed: printed };
}

describe("versions for the end-to-end tests", () => {
  it("are the pinned ones on a machine without mirrors, without any request", async () => {
    const silent = new Proxy({} as MachineReads, { get: () => assert.fail("the machine was asked") });
    assert.deepEqual(await chosen({ telemetry: "false" }, silent), { config: { telemetry: "false" }, printed: [] });
  });

  it("are the pinned ones, without a message, if the mirrors have them", async () => {
    const reads = machine({ base: ["1.0.0", versions.istio], metallb: [`v${versions.metallb}`] }, [k3s(versions.k3s)]);
    const { config, printed } = await chosen(mirrors, reads);
    const { istioVersion, metallbVersion, k3sVersion } = config;
    assert.deepEqual([istioVersion, metallbVersion, k3sVersion], [versions.istio, versions.metallb, versions.k3s]);
    assert.deepEqual(printed, []);
  });

  it("are the newest ones of supported minors with images if the pinned ones are missing", async () => {
    const old = `${oldest}.900`;
    const without = `${newer.at(-1)}.901`;
    const metallb = `${oldMetallb}.900`;
    const kube = `v${kubernetes}.900-k3s1`;
    const reads = machine({ base: ["1.2.3", `${oldest}.9`, old, without, "1.999.0"], metallb: [metallb] }, [
      ...istioImages(old),
      ...istioImages("1.999.0"),
      ...metallbImages(metallb),
      ...[kube, `v${kubernetes}.9-k3s1`, "v1.2.3-k3s1", "latest"].map(k3s),
    ]);
    const { config, printed } = await chosen(mirrors, reads);
    assert.deepEqual(config, {
      ...mirrors,
      istioVersion: old,
      metallbVersion: metallb,
      k3sVersion: kube,
      gatewayApiRepository: settingKeys.gatewayApiRepository.default,
    });
    assert.deepEqual(printed, [
      `end to end with Istio ${old}: http://charts.test has no ${versions.istio}`,
      `end to end with MetalLB ${metallb}: http://charts.test/metallb has no ${versions.metallb}`,
      `end to end with k3s ${kube}: Docker has no ${versions.k3s}`,
    ]);
  });

  it("may be pre-releases, which are older than their release", async () => {
    const [next = oldest] = newer;
    const candidate = `${next}.0-rc.0`;
    const images = [...istioImages(candidate), ...istioImages(`${oldest}.900`), k3s(versions.k3s)];
    const { istioChartRepository } = mirrors;
    const reads = machine({ base: [candidate, `${oldest}.900`] }, images);
    assert.equal((await chosen({ istioChartRepository }, reads)).config["istioVersion"], candidate);
  });

  it("stay as the machine's configuration names them", async () => {
    const reads = machine({ base: [versions.istio], metallb: [versions.metallb] }, [k3s(versions.k3s)]);
    const { config, printed } = await chosen({ ...mirrors, istioVersion: "1.2.3", k3sVersion: "v1.2.3-k3s1" }, reads);
    assert.deepEqual([config["istioVersion"], config["k3sVersion"], printed], ["1.2.3", "v1.2.3-k3s1", []]);
  });

  it("list the content of a mirror if nothing in it can be installed", async () => {
    const reads = machine({ base: ["1.2.3"] }, []);
    await assert.rejects(chosen(mirrors, reads), {
      message:
        /^http:\/\/charts\.test has 1\.2\.3 of base, istiod, gateway; one of .* with images that Docker can pull/,
    });
  });

  it("come with the CRDs of the Gateway API from the mirror of Istio's charts, if that has them", async () => {
    const { gatewayApi } = supportedIstio[oldest] ?? {};
    const file = `http://charts.test/v${gatewayApi}/standard-install.yaml`;
    const reads = machine({ base: [`${oldest}.9`], metallb: [versions.metallb] }, [k3s(versions.k3s)], [file]);
    const repository = async (config: Config) => (await chosen(config, reads)).config["gatewayApiRepository"];
    const there = { ...mirrors, istioVersion: `${oldest}.9` };
    assert.equal(await repository(there), "http://charts.test");
    assert.equal(await repository({ ...there, gatewayApiRepository: "http://crds.test" }), "http://crds.test");
    assert.equal(
      await repository({ ...there, istioChartRepository: "http://other.test" }),
      settingKeys.gatewayApiRepository.default,
    );
  });

  it("for an upgrade are the newest one of each minor with charts and images", async () => {
    const [next = ""] = newer;
    const images = [`${oldest}.3`, `${oldest}.10`, `${next}.0-rc.0`].flatMap(istioImages);
    const reads = machine(
      { base: [`${oldest}.3`, `${oldest}.10`, `${oldest}.11`, `${next}.0-rc.0`, "1.999.0"] },
      images,
    );
    assert.deepEqual(await newestIstios(mirrors, reads), [`${oldest}.10`, `${next}.0-rc.0`]);
  });

  it("are installable in ambient only with the charts and images of istio-cni and ztunnel", async () => {
    const both = ["install-cni", "ztunnel"].map((name) => `docker.io/istio/${name}:1.2.3`);
    const ambient = (images: readonly string[]) =>
      hasAmbient("1.2.3", mirrors, machine({ base: ["1.2.3"] }, [...istioImages("1.2.3"), ...images]));
    assert.equal(await ambient(both), true);
    assert.equal(await ambient(both.slice(1)), false);
    assert.equal(await hasAmbient("1.2.3", mirrors, machine({ base: ["1.2.4"] }, both)), false);
  });
});
