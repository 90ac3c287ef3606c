import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { cp, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ownershipLabels } from "../../model/cluster/ownership";
import { project } from "../../model/names";
import versions from "../../versions.json";
import { leftovers } from "../support/docker";
import { freePorts, freeSubnet } from "../support/free";

const stack = "e2e-own";
const cluster = "e2e-own";
const docker = (...args: string[]) =>
  execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const machine = JSON.parse(process.env["E2E_CONFIG"] ?? "{}") as Record<string, string>;

/** A checkout with a state of its own, as a second clone on the same machine has it. */
class Clone {
  private constructor(readonly folder: string) {}

  static async make(stacks: readonly string[], config: Readonly<Record<string, unknown>>): Promise<Clone> {
    const folder = await mkdtemp(path.join(tmpdir(), "e2e-clone-"));
    const tracked = execFileSync("git", ["ls-files"], { encoding: "utf8" }).trim().split("\n");
    for (const file of tracked) await cp(file, path.join(folder, file), { recursive: true });
    await symlink(path.resolve("node_modules"), path.join(folder, "node_modules"));
    // a lock file that is newer than the dependencies has them installed again, in this checkout's folder
    await utimes(path.join(folder, "package-lock.json"), 0, 0);
    const keys = Object.entries({ ...machine, ...config }).map(([key, value]) => `  ${project}:${key}: "${value}"`);
    for (const name of stacks)
      await writeFile(path.join(folder, `Pulumi.${name}.yaml`), `config:\n${keys.join("\n")}\n`);
    return new Clone(folder);
  }

  /** Runs a command of the project; answers its exit code and everything that it wrote. */
  run(action: string, name: string = stack): Promise<{ code: number; text: string }> {
    const { PULUMI_BACKEND_URL: _, PULUMI_CONFIG_PASSPHRASE: __, ...env } = process.env;
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        ["launcher/start.cjs", action, "--stack", name],
        { cwd: this.folder, env, maxBuffer: 2 ** 26 },
        (error, out, err) => resolve({ code: error ? Number(error.code ?? 1) : 0, text: out + err }),
      );
    });
  }

  remove = () => rm(this.folder, { recursive: true, force: true });
}

/** Everything in Docker that carries the cluster's name, as Docker shows it; the order of a container's mounts is random. */
const everything = () =>
  leftovers(cluster)
    .map((line) => line.split(" ") as [string, string])
    .map(([kind, name]) => docker("inspect", "--type", kind, name).split("\n").sort().join("\n"))
    .join("");

describe("an environment and somebody else's on one machine", () => {
  let first: Clone;
  let second: Clone;

  before(async () => {
    const config = { clusterName: cluster, agents: 0, ...(await freePorts()), subnet: freeSubnet(cluster) };
    first = await Clone.make([stack], config);
    second = await Clone.make([stack, "e2e-own-2"], config);
  });
  after(async () => {
    await first.run("destroy");
    await Promise.all([first.remove(), second.remove()]);
  });

  for (const [what, make, remove] of [
    [
      "registry",
      () => docker("create", "--name", `k3d-${cluster}-registry`, "--label", "app=k3d", versions.registryImage),
      () => docker("rm", `k3d-${cluster}-registry`),
    ],
    ["network", () => docker("network", "create", `k3d-${cluster}`), () => docker("network", "rm", `k3d-${cluster}`)],
    [
      "volume",
      () => docker("volume", "create", `k3d-${cluster}-storage`),
      () => docker("volume", "rm", `k3d-${cluster}-storage`),
    ],
  ] as const)
    it(`leaves a ${what} alone that has a name of the cluster's, and names it`, async () => {
      make();
      try {
        const before = everything();
        const { code, text } = await first.run("up");
        assert.notEqual(code, 0, text);
        assert.match(text, new RegExp(`the (container|network|volume) k3d-${cluster}\\S* belongs to something`));
        await first.run("destroy");
        assert.equal(everything(), before);
      } finally {
        remove();
      }
    });

  it("labels everything of its own with the id of its state", async () => {
    const { code, text } = await first.run("up");
    assert.equal(code, 0, text);
    const label = `{{index .Config.Labels "${ownershipLabels.id}"}}`;
    const ids = docker("inspect", "--format", label, `k3d-${cluster}-server-0`, `k3d-${cluster}-registry`);
    const [server, registry] = ids.trim().split("\n");
    assert.match(server ?? "", /^[0-9a-f-]{36}$/);
    assert.equal(registry, server);
  });

  it("keeps a Helm release of the user's own in its namespaces", async () => {
    const kubectl = (...args: string[]) =>
      docker("exec", `k3d-${cluster}-server-0`, "kubectl", "-n", "istio-system", ...args);
    const name = "sh.helm.release.v1.istio-egressgateway.v1";
    kubectl("create", "secret", "generic", name, "--type=helm.sh/release.v1", "--from-literal=release=mine");
    kubectl("label", "secret", name, "owner=helm", "name=istio-egressgateway", "status=deployed", "version=1");
    const before = kubectl("get", "secret", name, "-o", "json");
    assert.equal((await first.run("recover")).code, 0);
    assert.equal(kubectl("get", "secret", name, "-o", "json"), before);
  });

  for (const [what, name] of [
    ["the same stack", stack],
    ["another stack", "e2e-own-2"],
  ] as const)
    it(`is neither used nor changed nor removed by ${what} in another checkout`, async () => {
      const before = everything();
      const up = await second.run("up", name);
      assert.notEqual(up.code, 0, up.text);
      assert.match(up.text, /belongs to stack e2e-own with its state in /);
      await second.run("destroy", name);
      assert.equal(everything(), before);
    });

  it("stays as it is when a destroy has the wrong passphrase", async () => {
    const before = everything();
    process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] = path.resolve("package.json");
    try {
      const { code, text } = await first.run("destroy");
      assert.notEqual(code, 0, text);
    } finally {
      delete process.env["PULUMI_CONFIG_PASSPHRASE_FILE"];
    }
    assert.equal(everything(), before);
  });

  it("is removed whole by its own destroy, also when its state is lost", async () => {
    await rm(path.join(first.folder, ".state"), { recursive: true });
    const up = await first.run("up");
    assert.notEqual(up.code, 0, up.text);
    assert.match(up.text, /before its state .*was lost/);
    const { code, text } = await first.run("destroy");
    assert.equal(code, 0, text);
    assert.deepEqual(leftovers(cluster), []);
  });
});
