import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  backendFolder,
  backendVariables,
  namesIn,
  readFailure,
  stackIdentity,
  stateFolder,
} from "../../../automation/stack/backend";
import { refuseUnknown } from "../../../automation/stack/knownStacks";
import { Stubs } from "../../support/stubs";
import { withVariables } from "../../support/variables";

describe("the backend of Pulumi", () => {
  for (const [url, folder] of [
    ["file:///var/state", "/var/state"],
    ["file:///var/my%20%23state?no_tmp_dir=true", "/var/my #state"],
    ["file://./here", path.resolve("here")],
    ["s3://bucket", undefined],
    ["https://api.pulumi.com", undefined],
  ] as const)
    it(`is ${folder ?? "no folder of this machine"} for ${url}`, () => assert.equal(backendFolder(url), folder));

  it("is in the home folder for file://~", () =>
    withVariables({ HOME: "/home/user" }, () => {
      assert.equal(backendFolder("file://~"), "/home/user");
      assert.equal(backendFolder("file://~/state"), "/home/user/state");
    }));

  it("is the one of the shell for every command, and .state without one", () => {
    assert.equal(backendVariables({})["PULUMI_BACKEND_URL"], pathToFileURL(path.resolve(".state")).href);
    assert.ok(!("PULUMI_BACKEND_URL" in backendVariables({ PULUMI_BACKEND_URL: "s3://bucket" })));
  });

  it("keeps a passphrase that the shell has, also an empty one", () => {
    for (const env of [{ PULUMI_CONFIG_PASSPHRASE: "" }, { PULUMI_CONFIG_PASSPHRASE_FILE: "/x" }])
      assert.ok(!("PULUMI_CONFIG_PASSPHRASE_FILE" in backendVariables(env)));
  });
});

describe("a stack", () => {
  let folder = "";
  const stack = (project: string, file: string) => {
    const stacks = path.join(folder, ".pulumi", "stacks", project);
    mkdirSync(stacks, { recursive: true });
    writeFileSync(path.join(stacks, file), "{}");
  };
  const refused = (name: string, error: object) =>
    withVariables({ PULUMI_BACKEND_URL: pathToFileURL(folder).href }, () => assert.rejects(refuseUnknown(name), error));
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "stacks-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("that does not exist is rejected with a list of those that do, and nothing is created", async () => {
    const none = "stack tpyo does not exist; there is none; npm start -- --stack tpyo makes it";
    await refused("tpyo", { message: none, exitCode: 2 });
    assert.deepEqual(readdirSync(folder), []);
    for (const file of ["dev.json", "dev.json.bak", "dev.json.attrs", "ci.json.gz"]) stack("istio-on-k3d", file);
    await refused("tpyo", {
      message: "stack tpyo does not exist; there are: ci, dev; npm start -- --stack tpyo makes it",
    });
  });

  it("that exists is found by each of its names", async () => {
    stack("istio-on-k3d", "dev.json");
    for (const name of ["dev", "organization/dev", "organization/istio-on-k3d/dev"])
      await withVariables({ PULUMI_BACKEND_URL: pathToFileURL(folder).href }, () => refuseUnknown(name));
    assert.deepEqual(stackIdentity("organization/mesh/dev"), { project: "mesh", name: "dev" });
  });

  it("is refused with its right name when another project stands before it", async () => {
    stack("istio-on-k3d", "dev.json");
    await refused("organization/mesh/dev", {
      message:
        "stack organization/mesh/dev does not exist in the project mesh; fix: --stack dev names the one of istio-on-k3d",
      exitCode: 2,
    });
  });

  it("of a project that was renamed is refused with both ways out", async () => {
    stack("my-mesh", "dev.json");
    await refused("dev", {
      message:
        "stack dev belongs to the project my-mesh, and Pulumi.yaml names istio-on-k3d; fix: write name: my-mesh into Pulumi.yaml; docs/stacks.md says how to change the name",
      exitCode: 2,
    });
  });
});

describe("a state that cannot be read", () => {
  it("fails, and does not count as absent", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "stacks-"));
    try {
      assert.deepEqual(await namesIn(path.join(folder, "absent")), []);
      symlinkSync("loop", path.join(folder, "loop"));
      await assert.rejects(namesIn(path.join(folder, "loop")), { code: "ELOOP" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is rejected with the command that changes its owner when it belongs to another user", () => {
    const denied = Object.assign(new Error("denied"), { code: "EACCES" });
    const fix = (top: string) => `belongs to another user; fix: sudo chown -R "$(id -u):$(id -g)" ${top}`;
    const file = path.join(stateFolder, ".pulumi", "stacks");
    assert.equal(readFailure(file, denied).message, `${file} ${fix(stateFolder)}`);
    assert.equal(readFailure("/mnt/state", denied).message, `/mnt/state ${fix("/mnt/state")}`);
  });
});

describe("a stack in a backend that is not files", () => {
  const stubs = new Stubs();
  const inBucket = (work: () => unknown) => withVariables({ PULUMI_BACKEND_URL: "s3://bucket" }, work);
  const pulumi = `case "$*" in
    "stack --show-name --stack acme/dev"*) echo dev;;
    "stack --show-name"*) echo "error: no stack named '$4' found" >&2; exit 6;;
    "stack ls --json --project istio-on-k3d"*) echo '[{"name":"dev"},{"name":"acme/ci"}]';;
  esac`;

  it("is looked for by Pulumi, with the organization that the user named", async () => {
    await stubs.program("pulumi", pulumi);
    await inBucket(() => refuseUnknown("acme/dev"));
    await inBucket(() =>
      assert.rejects(refuseUnknown("acme/tpyo"), {
        message: "stack acme/tpyo does not exist; there are: acme/ci, dev; npm start -- --stack acme/tpyo makes it",
        exitCode: 2,
      }),
    );
  });

  it("does not count as missing if the backend does not answer", async () => {
    await stubs.program("pulumi", 'echo "error: could not list bucket: no credentials" >&2; exit 255');
    await inBucket(() =>
      assert.rejects(refuseUnknown("dev"), { message: "could not list bucket: no credentials", exitCode: 4 }),
    );
  });
});
