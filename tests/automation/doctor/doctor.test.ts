import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkMachine, doctor } from "../../../automation/commands/doctor/doctor";
import { configInFile, settingsInFile } from "../../../automation/stack/fileSettings";
import { ownerInFile } from "../../../automation/stack/identity";
import { Stubs } from "../../support/stubs";

const info = {
  OperatingSystem: "Ubuntu 24.04 LTS",
  Architecture: "x86_64",
  NCPU: 4,
  MemTotal: 16e9,
  DockerRootDir: "/",
  CgroupVersion: "2",
  SecurityOptions: ["name=seccomp,profile=builtin"],
  Driver: "overlay2",
};
/** A Docker that works. @param cases - of a shell's case, which come first */
const docker = (cases = "") =>
  `case "$1 $2" in ${cases}
  "version --format") echo 28.2.2;;
  "info --format") echo '${JSON.stringify(info)}';;
  "context inspect") echo unix:///var/run/docker.sock;;
  "container inspect") echo 'no such container' >&2; exit 1;;
  "network ls") echo a;;
  "network inspect") echo "bridge 172.17.0.0/16";;
  esac`;

describe("the doctor", () => {
  const stubs = new Stubs();
  const from = process.cwd();
  const named = process.env["DOCKER_HOST"];
  let folder = "";

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "doctor-"));
    process.chdir(folder);
    delete process.env["DOCKER_HOST"];
    configure('config:\n  istio-on-k3d:httpPort: "61080"\n  istio-on-k3d:httpsPort: "61443"\n');
    await stubs.program("pulumi", "echo v3.259.0");
    await stubs.program("k3d", "echo k3d version v5.8.3");
  });
  afterEach(() => {
    process.chdir(from);
    rmSync(folder, { recursive: true });
    if (named === undefined) delete process.env["DOCKER_HOST"];
    else process.env["DOCKER_HOST"] = named;
  });

  const configure = (text: string) => writeFileSync(path.join(folder, "Pulumi.dev.yaml"), text);
  const found = async (title: string) => {
    const finding = (await checkMachine("dev")).find((each) => each.title === title);
    return finding && `${finding.isWarning ? "warning" : finding.outcome}: ${finding.evidence}`;
  };

  for (const [style, text] of [
    ["four blanks", "config:\n    istio-on-k3d:httpPort: 18080\n    istio-on-k3d:subnet: 10.99.0.0/24\n"],
    ["quoted keys", 'config:\n  "istio-on-k3d:httpPort": "18080"\n  \'istio-on-k3d:subnet\': 10.99.0.0/24\n'],
    ["flow style", 'config: {"istio-on-k3d:httpPort": 18080, "istio-on-k3d:subnet": "10.99.0.0/24"}\n'],
    [
      "a block",
      "config:\n  istio-on-k3d:httpPort: 18080\n  istio-on-k3d:subnet: |-\n    10.99.0.0/24\n  other:subnet: 10.1.0.0/24\n",
    ],
  ] as const)
    it(`reads the stack's file with ${style}`, async () => {
      configure(text);
      const { httpPort, subnet, httpsPort } = await settingsInFile("dev");
      assert.deepEqual([httpPort, subnet, httpsPort], [18080, "10.99.0.0/24", 443]);
    });

  it("leaves out keys that are wrong or encrypted, and refuses a file that is no YAML", async () => {
    configure(
      "config:\n  istio-on-k3d:httpPort: many\n  istio-on-k3d:agents: 2\n  istio-on-k3d:pullSecret:\n    secure: v1:x\n",
    );
    const { httpPort, agents } = await settingsInFile("dev");
    assert.deepEqual([httpPort, agents], [80, 2]);
    assert.deepEqual((await configInFile("dev")).encrypted, ["pullSecret"]);
    configure("config: [");
    await assert.rejects(settingsInFile("dev"), { exitCode: 2, message: /^Pulumi\.dev\.yaml is not YAML: / });
    assert.equal((await settingsInFile("none")).httpPort, 80);
  });

  it("finds a Docker that works", async () => {
    await stubs.program("docker", docker());
    assert.equal(await found("docker"), "passed: 28.2.2");
    assert.equal(await found("cpus"), "passed: 4");
    assert.equal(await found("port 61080"), "passed: free");
    assert.equal(await found("cluster istio"), undefined);
  });

  it("recognizes a remote Docker by DOCKER_HOST or by the context, and skips the checks of this machine", async () => {
    await stubs.program("docker", docker('"context inspect") echo ssh://me@server;;'));
    assert.match((await found("docker host")) ?? "", /^failed: ssh:\/\/me@server runs the containers elsewhere/);
    process.env["DOCKER_HOST"] = "tcp://docker:2376";
    assert.match((await found("docker host")) ?? "", /^failed: tcp:\/\/docker:2376 runs/);
    assert.equal(await found("disk"), undefined);
  });

  it("finds a Docker elsewhere that does not answer", async () => {
    await stubs.program("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1");
    process.env["DOCKER_HOST"] = "tcp://docker:2376";
    assert.match((await found("docker host")) ?? "", /^failed: tcp:\/\/docker:2376 runs/);
  });

  it("reports each check under a unique name, which does not depend on the configuration", async () => {
    await stubs.program("docker", docker());
    const ids = async () => (await checkMachine("dev")).map(({ id }) => id);
    const before = await ids();
    assert.equal(new Set(before).size, before.length);
    configure("config:\n  istio-on-k3d:subnet: 10.99.0.0/24\n  istio-on-k3d:httpPort: 61081\n");
    assert.deepEqual(await ids(), before);
  });

  it("waits for a slow Docker", async () => {
    await stubs.program("docker", `[ "$1" != version ] || sleep 2; ${docker()}`);
    assert.equal(await found("docker"), "passed: 28.2.2");
  });

  it("reports the problem of Docker and its fix", async () => {
    await stubs.program(
      "docker",
      "echo 'permission denied while trying to connect to the docker API at unix:///var/run/docker.sock' >&2; exit 1",
    );
    const printed: string[] = [];
    await assert.rejects(
      doctor("dev", (line) => printed.push(line)),
      { exitCode: 4, message: "1 problem" },
    );
    assert.match(
      printed.join("\n"),
      /^failed {2}docker +Docker's socket is not this user's; fix: sudo usermod -aG docker \$USER, then log in again$/m,
    );
    await stubs.program(
      "docker",
      "echo 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?' >&2; exit 1",
    );
    assert.equal(await found("docker"), "failed: Docker is not running");
  });

  for (const [what, labels, expected] of [
    ["a cluster that k3d made", {}, "failed: belongs to something that this project did not make"],
    [
      "the same stack of another checkout",
      { stack: "istio-on-k3d/dev", id: "1", location: "me@laptop:/home/me/other/.state" },
      "failed: belongs to stack dev with its state in me@laptop:/home/me/other/.state",
    ],
    [
      "a lost state of this stack in this place",
      { stack: "istio-on-k3d/dev", id: "1", location: "HERE" },
      "failed: was made by this stack before its state was lost",
    ],
  ] as const)
    it(`names the owner of a cluster with the configured name: ${what}`, async () => {
      const location = (await ownerInFile("dev"))?.state ?? "";
      const all = {
        ref: "1",
        name: "k3d-istio-server-0",
        state: "running",
        cluster: "istio",
        role: "server",
        ...labels,
      };
      const empty = { stack: "", id: "", location: "", generation: "" };
      const row = JSON.stringify({ ...empty, ...all }).replace("HERE", location);
      await stubs.program("docker", docker(`"ps -a") case "$*" in *publish*) ;; *) echo '${row}';; esac;;`));
      assert.equal(await found("cluster istio"), expected);
    });

  it("names a volume of somebody else that has a name of the cluster's", async () => {
    const row = JSON.stringify({ ref: "k3d-istio-storage", name: "k3d-istio-storage", stack: "", id: "", cluster: "" });
    await stubs.program(
      "docker",
      docker(`"volume ls") echo '${row}';; "network ls") case "$*" in *-q*) echo a;; esac;;`),
    );
    assert.match(
      (await found("cluster istio")) ?? "",
      /^failed: clusterName = "istio" is taken: the volume k3d-istio-storage belongs to something that this project did not make; it was left untouched$/,
    );
  });

  it("requires a context for an existing cluster, and neither Docker nor k3d", async () => {
    configure(
      "config:\n  istio-on-k3d:cluster: existing\n  istio-on-k3d:kubeContext: gone\n  istio-on-k3d:allowedContexts: gone\n  istio-on-k3d:subnet: 172.18.0.0/16\n",
    );
    const before = process.env["KUBECONFIG"];
    process.env["KUBECONFIG"] = path.join(folder, "none");
    try {
      const ids = (await checkMachine("dev")).map(({ id, outcome }) => `${id} ${outcome}`);
      assert.deepEqual(ids, ["node passed", "context failed", "pulumi passed"]);
    } finally {
      if (before === undefined) delete process.env["KUBECONFIG"];
      else process.env["KUBECONFIG"] = before;
    }
  });
});
