import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { removeTrial } from "../../automation/commands/try/remove";
import { runOnce } from "../../automation/commands/try/run";
import { readSources } from "../../automation/commands/try/sources";
import { alone } from "../../automation/commands/try/state";
import { exitCodes } from "../../automation/stack/operation";
import { running } from "../../automation/stack/running";
import { Environment } from "../support/environment";
import { freeSubnet } from "../support/free";
import { machineVersion } from "../support/machine";

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
    const live = await running(environment.stack, exitCodes.environment);
    const example = "examples/mesh/header-routing";
    const sources = await readSources([example]);
    const report = await alone(name, say, () => runOnce(live, name, sources, [example], say));
    const wrong = report.results.filter(({ outcome }) => outcome !== "pass");
    assert.deepEqual(
      wrong.map(({ case: one, outcome, seen }) => `${one.it}: ${outcome}, ${seen}`),
      [],
    );
    await removeTrial(live, name, say);
    const left = await run("kubectl", "get", "namespaces", "-l", "istio-on-k3d.trial/stack", "-o", "name");
    assert.equal(left, "");
  });

  it("goes without a namespace of its own left in the cluster", async () => {
    await environment.destroy();
    assert.deepEqual(await namespaces(), before_);
  });
});
