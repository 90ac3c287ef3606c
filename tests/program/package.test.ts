import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { dependencies, main, name } from "../../package.json";
import { violations } from "../support/crds";

const run = promisify(execFile);
const modules = path.resolve("node_modules");
const tsc = path.join(modules, "typescript", "bin", "tsc");

/** Runs index.js of the folder it lies in under mocks, and prints what it registers. */
const runner = `
const pulumi = require("@pulumi/pulumi");
const resources = [];
pulumi.runtime.setMocks({
  call: () => ({ stdout: JSON.stringify({ generation: "g", paths: {}, missing: [] }) }),
  newResource: ({ type, name, inputs, id }) => {
    if (type !== "pulumi:pulumi:Stack") resources.push({ type, name, inputs });
    const status = { name: inputs.name, namespace: inputs.namespace, loadBalancer: { ingress: [{ ip: "10.48.0.239" }] } };
    return { id: id || name, state: { ...inputs, stdout: '{"registry":"localhost:1"}', status, certPem: "PEM", privateKeyPem: "KEY" } };
  },
}, "shop", "test").then(async () => {
  const settings = require("@pulumi/pulumi/runtime/settings");
  settings.getMonitor().registerErrorHook = (request, done) => done(null, {});
  const { url } = await pulumi.runtime.runInPulumiStack(async () => require("./index.js"));
  await settings.waitForRPCs();
  process.stdout.write(JSON.stringify({ resources, url }));
});
`;

/** A program that uses the driver. */
const driver = `
import { destroy, exitCodes, rollout, up, verify } from "${name}/automation";
const all: readonly ((stack: string) => Promise<unknown>)[] = [up, verify, rollout, destroy];
console.log(all.map((each) => typeof each).join(), exitCodes.inconclusive);
`;

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

describe("the components as a package", function () {
  this.timeout(180_000);
  let folder: string;
  let typeErrors: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "shop-"));
    await cp("examples/shop", folder, { recursive: true });
    const own = path.join(folder, "node_modules", name);
    await mkdir(own, { recursive: true });
    await cp("package.json", path.join(own, "package.json"));
    const built = path.join(own, path.dirname(main), "..");
    // `npm test` checks the types of these sources before
    await run(process.execPath, [tsc, "-p", "tsconfig.package.json", "--outDir", built, "--noCheck"]);
    await mkdir(path.join(folder, "node_modules", "@types"));
    const scopes = new Set([...Object.keys(dependencies), "@types/node"].map((each) => each.split("/")[0] ?? each));
    for (const scope of scopes) {
      const link = path.join(folder, "node_modules", scope);
      await rm(link, { recursive: true, force: true });
      await symlink(path.join(modules, scope), link);
    }
    await writeFile(path.join(folder, "run.cjs"), runner);
    await writeFile(path.join(folder, "ci.ts"), driver);
    const compiler = { extends: "./tsconfig.json", compilerOptions: { noEmit: false }, include: ["index.ts", "ci.ts"] };
    await writeFile(path.join(folder, "compile.json"), JSON.stringify(compiler));
    const compiled = await run(process.execPath, [tsc, "-p", "compile.json"], { cwd: folder }).catch((error) => error);
    typeErrors = compiled.stdout;
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("has the types that the example and a program with the driver need", () => assert.equal(typeErrors, ""));

  it("can be imported by another program, which adds its own custom resources", async () => {
    const { stdout } = await run(process.execPath, ["run.cjs"], { cwd: folder });
    const { resources, url } = JSON.parse(stdout) as { resources: Registered[]; url: string };
    assert.equal(url, "https://catalogue.shop.localhost:8444/");
    const nodes = resources.find((each) => each.name === "cluster-nodes");
    assert.equal(nodes?.inputs["create"], `node node_modules/${name}/dist/k3d/main.js create`);
    assert.match(JSON.stringify(nodes.inputs), /shop\/test/, "the cluster is the other program's");
    const mine = resources.filter(({ name }) => ["gateway", "routes"].includes(name));
    assert.deepEqual(
      mine.map(({ inputs }) => violations(inputs as never)),
      [[], []],
    );
    for (const type of ["Cluster", "LoadBalancer", "Mesh", "Certificates"])
      assert.ok(
        resources.some((each) => each.type === `istio-on-k3d:index:${type}`),
        type,
      );
  });

  it("has the driver as a library", async () => {
    const { stdout } = await run(process.execPath, ["ci.js"], { cwd: folder });
    assert.equal(stdout, "function,function,function,function 3\n");
  });

  it("refuses wrong settings as the program does, before anything is registered", async () => {
    const file = path.join(folder, "index.js");
    const right = await readFile(file, "utf8");
    await writeFile(file, right.replace('subnet: "10.48.0.0/24"', 'subnet: "8.8.8.0/24"'));
    const failed = await run(process.execPath, ["run.cjs"], { cwd: folder }).then(
      () => assert.fail("it ran"),
      (error: { stderr: string }) => error,
    );
    assert.match(failed.stderr, /subnet = "8\.8\.8\.0\/24" must be a private IPv4 network/);
  });
});
