import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** As another checkout made it. */
const foreignSalt = "encryptionsalt: v1:yuaxafk4T3o=:v1:XlGr/j84maGwKeh3:KDKv5qbxs1AUFZt+u+vo5x/3pG3jPw==\n";

describe("stacks of a fresh clone, on the real Pulumi CLI and without a cluster", () => {
  let folder = "";
  let clone = "";
  const env = () => {
    const own = Object.entries(process.env).filter(([name]) => !/^(PULUMI_(?!HOME|SKIP)|npm_)/.test(name));
    return Object.fromEntries(own);
  };
  const node = (args: readonly string[], variables = env()) => {
    const entry = path.join(clone, "launcher", "start.cjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], {
      env: variables,
      encoding: "utf8",
    });
    return { status, text: `${stdout}${stderr}`.trim() };
  };
  const pulumi = (...args: string[]) => node(["pulumi", ...args]);
  const file = (...parts: string[]) => path.join(clone, ...parts);
  const changed = () => execFileSync("git", ["status", "--short"], { cwd: clone, encoding: "utf8" });
  const stacks = () => pulumi("stack", "ls", "--json").text;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "clone-"));
    clone = path.join(folder, "istio-on-k3d");
    execFileSync("git", ["clone", "--quiet", process.cwd(), clone]);
    symlinkSync(path.resolve("node_modules"), file("node_modules"));
    appendFileSync(file(".git", "info", "exclude"), "node_modules\n");
    // the dependencies are there, whatever the clone's dates say
    rmSync(file("package-lock.json"));
    execFileSync("git", ["update-index", "--assume-unchanged", "package-lock.json"], { cwd: clone });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are made by config alone, and no file that git tracks changes", () => {
    for (const args of [["verify"], ["token"], ["rollout", "status"], ["pulumi", "preview"], ["destroy"]]) {
      const { status, text } = node([...args, "--stack", "tpyo"]);
      assert.equal(status, 2, args.join(" "));
      assert.match(text, /^stack tpyo does not exist; there is none; npm start -- --stack tpyo makes it$/);
    }
    assert.equal(pulumi("config", "get", "canaryWeight", "-s", "tpyo").status, 2);
    const byVariable = { ...env(), PULUMI_STACK: "tpyo" };
    for (const args of [["verify"], ["pulumi", "config", "get", "canaryWeight"], ["pulumi", "stack", "select", "tpyo"]])
      assert.equal(node(args, byVariable).status, 2, args.join(" "));
    assert.equal(pulumi("config", "set", "canaryWeight", "10").status, 0);
    assert.equal(changed(), "");
    assert.deepEqual(
      (JSON.parse(stacks()) as { name: string }[]).map(({ name }) => name),
      ["dev"],
    );
  });

  it("are dev unless another one is named, whichever was selected last", () => {
    assert.equal(pulumi("config", "set", "canaryWeight", "5", "-sci").status, 0);
    assert.equal(pulumi("stack", "select", "ci").status, 0);
    assert.equal(pulumi("config", "set", "canaryWeight", "10").status, 0);
    assert.equal(readFileSync(file("Pulumi.ci.yaml"), "utf8"), 'config:\n  istio-on-k3d:canaryWeight: "5"\n');
    assert.equal(changed(), "?? Pulumi.ci.yaml\n");
  });

  it("survive two first commands at once", async () => {
    const begin = (key: string, value: string) =>
      spawn(process.execPath, [file("launcher", "start.cjs"), "pulumi", "config", "set", key, value], { env: env() });
    const both = [begin("canaryWeight", "10"), begin("agents", "1")].map((child) => once(child, "close"));
    assert.deepEqual(
      (await Promise.all(both)).map(([code]) => code),
      [0, 0],
    );
    assert.equal(changed(), "");
  });

  it("have a salt in their file only while a secret needs it", () => {
    const before = readFileSync(file("Pulumi.dev.yaml"), "utf8");
    assert.equal(pulumi("config", "set", "--secret", "loginClientSecret", "correct horse").status, 0);
    assert.match(readFileSync(file("Pulumi.dev.yaml"), "utf8"), /^encryptionsalt: /m);
    assert.equal(pulumi("config", "get", "loginClientSecret").text, "correct horse");
    assert.equal(pulumi("config", "rm", "loginClientSecret").status, 0);
    assert.equal(readFileSync(file("Pulumi.dev.yaml"), "utf8"), before);
  });

  it("lose a salt that came from another checkout, and refuse its secrets until they are removed", () => {
    writeFileSync(file("Pulumi.dev.yaml"), `${readFileSync(file("Pulumi.dev.yaml"), "utf8")}${foreignSalt}`);
    assert.equal(pulumi("config", "set", "canaryWeight", "10").status, 0);
    assert.equal(changed(), "");
    assert.equal(pulumi("config", "set", "--secret", "loginClientSecret", "correct horse").status, 0);
    renameSync(file(".state"), path.join(folder, "lost"));
    const { status, text } = pulumi("config", "get", "canaryWeight");
    assert.equal(status, 2);
    assert.match(
      text,
      /^Pulumi\.dev\.yaml has secrets that another passphrase encrypted: istio-on-k3d:loginClientSecret; /,
    );
    assert.equal(pulumi("config", "rm", "loginClientSecret").status, 0);
    assert.equal(changed(), "");
  });

  for (const how of ["missing", "empty"])
    it(`are refused with what to do where their passphrase is ${how}`, () => {
      assert.equal(pulumi("config", "set", "canaryWeight", "10").status, 0);
      if (how === "empty") writeFileSync(file(".state", "passphrase"), "");
      else rmSync(file(".state", "passphrase"));
      for (const args of [["pulumi", "preview"], ["token"], ["pulumi", "config", "set", "agents", "1"]]) {
        const { status, text } = node(args);
        assert.equal(status, 4, text);
        assert.match(text, /^the state's passphrase is gone, .*; fix: .*npm run destroy/);
      }
    });

  it("follow a project that got another name when they and their keys get it too", () => {
    assert.equal(pulumi("config", "set", "canaryWeight", "10").status, 0);
    const rename = (name: string) =>
      writeFileSync(file(name), readFileSync(file(name), "utf8").replaceAll(/istio-on-k3d(?=:|$)/gm, "my-mesh"));
    rename("Pulumi.yaml");
    const refused = node(["token"]);
    assert.equal(refused.status, 2);
    assert.match(refused.text, /^stack dev belongs to the project istio-on-k3d, and Pulumi\.yaml names my-mesh; /);
    // as docs/stacks.md says
    const renamed = pulumi("stack", "rename", "organization/my-mesh/dev", "--stack", "organization/istio-on-k3d/dev");
    assert.equal(renamed.status, 0);
    rename("Pulumi.dev.yaml");
    assert.equal(pulumi("config", "get", "canaryWeight").text, "10");
  });
});
