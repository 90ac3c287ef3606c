import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { gateway, meshNamespace } from "../../model/names";
import { parseSettings } from "../../model/settings/parse";
import { acceptable } from "../support/acceptable";
import { type Registered, runProgram } from "../support/program";

/** Resources of the ingress gateway's chart to which the others refer. */
const ingressGateway = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: gateway.release, namespace: meshNamespace, labels: { istio: "ingressgateway" } },
  spec: { containers: [{ name: "istio-proxy", image: "auto" }] },
};

const manifests = (resources: readonly Registered[]): Record<string, unknown>[] =>
  resources
    .filter(({ inputs }) => "apiVersion" in inputs && "kind" in inputs)
    // mocks have no certificate that could be looked at
    .filter(({ inputs }) => inputs["kind"] !== "Secret")
    .map(({ inputs }) => inputs);

describe("istioctl analyze without a cluster", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "analyze-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function analyze(items: readonly object[]): Promise<void> {
    const file = path.join(folder, "resources.yaml");
    await writeFile(file, items.map((item) => JSON.stringify(item)).join("\n---\n"));
    const args = ["analyze", "--use-kube=false", "--all-namespaces", file];
    await promisify(execFile)("istioctl", args).catch(({ stdout }: { stdout: string }) => assert.fail(stdout));
  }

  it("finds no error in the resources of any accepted configuration", async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(acceptable, async (config) => {
        if (!parseSettings(config).settings) return;
        accepted++;
        await analyze([ingressGateway, ...manifests((await runProgram(config)).resources)]);
      }),
      { numRuns: 100 },
    );
    assert.ok(accepted >= 60, `only ${accepted} of 100 were acceptable`);
  });

  it("would find a route to a subset that is not there", async () => {
    const astray = manifests((await runProgram()).resources).filter(({ kind }) => kind !== "DestinationRule");
    await assert.rejects(analyze([ingressGateway, ...astray]), /IST0101/);
  });
});
