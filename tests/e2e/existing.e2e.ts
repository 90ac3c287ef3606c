import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { removeTrial } from "../../automation/commands/try/remove";
import { runOnce } from "../../automation/commands/try/run";
import { readSources } from "../../automation/commands/try/sources";
import { withTrialLock } from "../../automation/commands/try/state";
import { exitCodes } from "../../automation/stack/operation";
import { runningEnvironment } from "../../automation/stack/runningEnvironment";
import { fetchFile } from "../../host/fetch";
import { requiredCrds } from "../../model/mesh/gatewayApi";
import { settingKeys } from "../../model/settings/contract";
import { Environment } from "../support/environment";
import { freeSubnet } from "../support/free";
import { machineConfig, machineVersion } from "../support/machine";
import { crdsManifest } from "../support/machineVersions";
import { missingCrds } from "../support/missingCrds";

const name = "e2e-existing";
const context = `k3d-${name}`;
const say = (): void => {};
const run = async (file: string, ...args: string[]) => (await promisify(execFile)(file, args)).stdout.trim();

describe("an environment in a cluster that the user has", () => {
  let folder = "";
  let environment: Environment;
  let before_: string[] = [];
  const namespaces = async () => (await run("kubectl", "get", "namespaces", "-o", "name")).split("\n").sort();

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "existing-"));
    const subnet = freeSubnet(name);
    const without = ["traefik", "servicelb"].flatMap((part) => ["--k3s-arg", `--disable=${part}@server:0`]);
    const image = `rancher/k3s:${await machineVersion("k3sVersion")}`;
    const own = ["--subnet", subnet, "--no-lb", "--kubeconfig-update-default=false", ...without];
    await run("k3d", "cluster", "create", name, "--image", image, "--wait", "--timeout", "180s", ...own);
    const file = path.join(folder, "kubeconfig");
    await writeFile(file, await run("k3d", "kubeconfig", "get", name), { mode: 0o600 });
    process.env["KUBECONFIG"] = file;
    const config = { cluster: "existing", kubeContext: context, allowedContexts: context, subnet };
    environment = await Environment.open(name, config);
    // a cluster of the user's has no published ports, and its own name
    for (const key of ["clusterName", "httpPort", "httpsPort", "k3sVersion"]) await environment.unset(key);
    Object.assign(process.env, environment.stack.workspace.envVars);
    before_ = await namespaces();
  });
  after(async () => {
    delete process.env["KUBECONFIG"];
    await run("k3d", "cluster", "delete", name);
    await rm(folder, { recursive: true, force: true });
  });

  it("comes up, and mesh tests pass in it", async () => {
    await environment.up();
    const live = await runningEnvironment(environment.stack, exitCodes.environment);
    const example = "examples/mesh/header-routing";
    const sources = await readSources([example]);
    const report = await withTrialLock(name, say, () => runOnce(live, name, sources, [example], say));
    const wrong = report.results.filter(({ outcome }) => outcome !== "pass");
    assert.deepEqual(
      wrong.map(({ case: one, outcome, seen }) => `${one.it}: ${outcome}, ${seen}`),
      [],
    );
    await removeTrial(live, name, say);
    const left = await run("kubectl", "get", "namespaces", "-l", "istio-on-k3d.trial/stack", "-o", "name");
    assert.equal(left, "");
  });

  it("uses the CRDs of the Gateway API that the cluster has, refuses old ones, and changes neither", async () => {
    const version = await machineVersion("istioVersion");
    const missing = await missingCrds(version);
    if (missing !== undefined) return console.log(`    no CRDs of the Gateway API were tried: ${missing}`);
    const { gatewayApiRepository = settingKeys.gatewayApiRepository.default } = await machineConfig();
    const file = path.join(folder, "crds.yaml");
    const manifest = (await fetchFile(crdsManifest(version, gatewayApiRepository) ?? "")).toString();
    // without the policy in the file, which forbids older CRDs
    const isCrd = (document: string) => document.includes("\nkind: CustomResourceDefinition\n");
    await writeFile(file, manifest.split(/^---$/m).filter(isCrd).join("---\n"));
    await run("kubectl", "apply", "--server-side", "-f", file);
    const crds = requiredCrds.map((crd) => `customresourcedefinition/${crd}`);
    const annotations = () => run("kubectl", "get", ...crds, "-o", "jsonpath={.items[*].metadata.annotations}");
    const installed = await annotations();
    await environment.set("routing", "gateway-api");

    await run("kubectl", "annotate", "--overwrite", ...crds, "gateway.networking.k8s.io/bundle-version=v1.0.0");
    const old = await annotations();
    await assert.rejects(environment.up(), /gateways\.gateway\S+ is of version 1\.0\.0, but Istio needs/);
    assert.equal(await annotations(), old);

    await run("kubectl", "apply", "--server-side", "--force-conflicts", "-f", file);
    await environment.up();
    assert.equal(await annotations(), installed);
    assert.deepEqual(await environment.up(), []);
  });

  it("goes without a namespace of its own left in the cluster", async () => {
    await environment.destroy();
    assert.deepEqual(await namespaces(), before_);
  });
});
