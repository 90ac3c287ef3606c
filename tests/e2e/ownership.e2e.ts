import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import path from "node:path";
import { ownershipLabels } from "../../model/cluster/ownership";
import versions from "../../versions.json";
import { addAccount, noAccountReason, removeAccount } from "../support/account";
import { Clone } from "../support/clone";
import { leftovers } from "../support/docker";
import { freePorts, freeSubnet } from "../support/free";

const stack = "e2e-own";
const cluster = "e2e-own";
const docker = (...args: string[]) =>
  execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
/** Account of another user of this machine. */
const user = "e2e-second";

/** Everything in Docker that carries the cluster's name, as Docker shows it; the order of a container's mounts is random. */
const everything = () =>
  leftovers(cluster)
    .map((line) => line.split(" ") as [string, string])
    .map(([kind, name]) => docker("inspect", "--type", kind, name).split("\n").sort().join("\n"))
    .join("");

describe("an environment and somebody else's on one machine", () => {
  let first: Clone;
  let second: Clone;
  /** Clone of another account; undefined where none can be made. */
  let users: Clone | undefined;
  const noAccount = noAccountReason();

  before(async () => {
    if (noAccount) console.log(`    no second account was tried: ${noAccount}`);
    const config = { clusterName: cluster, agents: 0, ...(await freePorts()), subnet: freeSubnet(cluster) };
    first = await Clone.make([stack], config);
    second = await Clone.make([stack, "e2e-own-2"], config);
    users = noAccount ? undefined : await Clone.make([stack], config, addAccount(user));
  });
  after(async () => {
    await first.run("destroy", stack);
    await users?.run("destroy", stack);
    await Promise.all([first.remove(), second.remove(), users?.remove()]);
    if (users) removeAccount(user);
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
        const { code, text } = await first.run("up", stack);
        assert.notEqual(code, 0, text);
        assert.match(text, new RegExp(`the (container|network|volume) k3d-${cluster}\\S* belongs to something`));
        await first.run("destroy", stack);
        assert.equal(everything(), before);
      } finally {
        remove();
      }
    });

  it("labels everything of its own with the id of its state", async () => {
    const { code, text } = await first.run("up", stack);
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
    assert.equal((await first.run("recover", stack)).code, 0);
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

  /** The second account's commands against the environment of the first, or the other way round. */
  async function isRefused(clone: Clone, owner: string): Promise<void> {
    const before = everything();
    const up = await clone.run("up", stack);
    assert.notEqual(up.code, 0, up.text);
    assert.match(up.text, new RegExp(`belongs to stack e2e-own with its state in ${owner}@`));
    await clone.run("destroy", stack);
    assert.equal(everything(), before);
  }

  if (!noAccount)
    it("is neither used nor changed nor removed by another account with the same names", () => {
      assert.ok(users);
      return isRefused(users, "root");
    });

  it("stays as it is when a destroy has the wrong passphrase", async () => {
    const before = everything();
    process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] = path.resolve("package.json");
    try {
      const { code, text } = await first.run("destroy", stack);
      assert.notEqual(code, 0, text);
    } finally {
      delete process.env["PULUMI_CONFIG_PASSPHRASE_FILE"];
    }
    assert.equal(everything(), before);
  });

  it("is removed whole by its own destroy, also when its state is lost", async () => {
    await rm(path.join(first.folder, ".state"), { recursive: true });
    const up = await first.run("up", stack);
    assert.notEqual(up.code, 0, up.text);
    assert.match(up.text, /before its state .*was lost/);
    const { code, text } = await first.run("destroy", stack);
    assert.equal(code, 0, text);
    assert.deepEqual(leftovers(cluster), []);
  });

  if (!noAccount)
    it("of another account is made and removed by that account, and left alone by root", async () => {
      assert.ok(users);
      const up = await users.run("up", stack);
      assert.equal(up.code, 0, up.text);
      await isRefused(first, user);
      const { code, text } = await users.run("destroy", stack);
      assert.equal(code, 0, text);
      assert.deepEqual(leftovers(cluster), []);
    });
});
