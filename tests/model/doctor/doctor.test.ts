import assert from "node:assert/strict";
import { checkTable, type Observation } from "../../../model/checks/result";
import { refusesCgroupV1 } from "../../../model/cluster/k3dConfig";
import * as engine from "../../../model/doctor/engine";
import { minorNumber } from "../../../model/mesh/versions";
import { forNpm, writeRemedy } from "../../../model/output/remedy";
import { parseSettings } from "../../../model/settings/parse";
import versions from "../../../versions.json";

const gigabyte = 1e9;
const gibibyte = 1024 ** 3;
/** Outcome of a check, or that it only warns. */
const stateOf = ({ passed, isWarning }: Observation): string =>
  isWarning ? "warning" : passed === undefined ? "unknown" : passed ? "passed" : "failed";

describe("the doctor on Docker", () => {
  for (const [free, total, state] of [
    [40, 1000, "failed"],
    [49, 1000, "failed"],
    [60, 1000, "warning"],
    [120, 1000, "passed"],
    [4, 20, "failed"],
    [6, 20, "passed"],
  ] as const)
    it(`rates ${free} GB free of ${total} GB as ${state}, since Kubernetes evicts pods below 5 %`, () => {
      assert.equal(stateOf(engine.disk({ free: free * gigabyte, total: total * gigabyte })), state);
    });

  it("does not know a disk that it cannot see", () => {
    assert.equal(stateOf(engine.disk(undefined)), "unknown");
  });

  for (const [host, where] of [
    ["unix:///var/run/docker.sock", undefined],
    ["unix:///Users/me/.colima/default/docker.sock", undefined],
    ["npipe:////./pipe/docker_engine", undefined],
    ["", undefined],
    ["tcp://127.0.0.1:2375", undefined],
    ["tcp://localhost:2375", undefined],
    ["tcp://docker:2376", "tcp://docker:2376"],
    ["tcp://192.168.1.4:2376", "tcp://192.168.1.4:2376"],
    ["ssh://me@server", "ssh://me@server"],
    ["ssh://me@localhost", "ssh://me@localhost"],
    ["https://host.docker.internal:2376", "https://host.docker.internal:2376"],
    ["docker:2376", "docker:2376"],
  ] as const)
    it(`treats ${host || "no address"} as a Docker ${where ? "elsewhere" : "of this machine"}`, () => {
      assert.equal(engine.remoteDockerHost(host), where);
    });

  for (const [memory, nodes, state] of [
    [1, 2, "failed"],
    [2, 2, "warning"],
    [4, 2, "passed"],
    [4, 9, "warning"],
    [8, 9, "passed"],
  ] as const)
    it(`rates ${memory} GiB of memory with ${nodes} nodes as ${state}`, () => {
      assert.equal(stateOf(engine.memory({ MemTotal: memory * gibibyte }, nodes)), state);
    });

  it("warns of a single CPU, and does not know what Docker does not say", () => {
    assert.equal(stateOf(engine.cpus({ NCPU: 4 })), "passed");
    assert.equal(stateOf(engine.cpus({ NCPU: 1 })), "warning");
    assert.deepEqual([stateOf(engine.memory({}, 2)), stateOf(engine.cpus({}))], ["unknown", "unknown"]);
  });

  for (const [Architecture, published, state] of [
    ["x86_64", true, "passed"],
    ["aarch64", true, "warning"],
    ["aarch64", false, "passed"],
    ["arm64", false, "passed"],
    ["riscv64", false, "failed"],
  ] as const)
    it(`rates ${Architecture} with ${published ? "the default image" : "images of one's own"} as ${state}`, () => {
      assert.equal(stateOf(engine.architecture({ Architecture }, published)), state);
    });

  for (const [options, first, ports, evidence] of [
    [
      ["name=seccomp,profile=builtin", "name=rootless"],
      1024,
      [80, 443],
      "Docker may not publish 80 and 443, below 1024",
    ],
    [["name=rootless"], 1024, [80, 8443], "Docker may not publish 80, below 1024"],
    [["name=rootless"], 80, [80, 443], undefined],
    [["name=rootless"], 1024, [8080, 8443], undefined],
    [["name=seccomp,profile=builtin"], 1024, [80, 443], undefined],
    [null, 1024, [80, 443], undefined],
  ] as const)
    it(`finds ${evidence ?? "nothing"} with ${options} and ports kept below ${first}`, () => {
      assert.equal(engine.rootless({ SecurityOptions: options }, ports, first)?.evidence, evidence);
    });

  it("names the kernel modules that ambient lacks, and reads no kernel as a good one", () => {
    const config = ["IP_SET=m", "IP_SET_HASH_IP=m", "NETFILTER_XT_CONNMARK=y", "NETFILTER_XT_MARK=y"];
    const lines = (some: readonly string[]) => some.map((line) => `CONFIG_${line}\n`).join("");
    const all = engine.kernelModules(lines([...config, "NETFILTER_XT_TARGET_REDIRECT=m"]));
    assert.equal(all.passed, true);
    const some = engine.kernelModules(`${lines(config.slice(1))}# CONFIG_IP_SET is not set\n`);
    assert.match(some.evidence, /^the kernel has no ip_set, xt_REDIRECT, which/);
    assert.match(writeRemedy(some.remedy ?? [], forNpm()), /config set dataplane sidecar$/);
    assert.equal(engine.kernelModules(undefined).passed, undefined);
    assert.equal(engine.isInVirtualMachine({ OperatingSystem: "Docker Desktop" }), true);
  });

  it("warns of cgroup v1 for Kubernetes 1.35 and newer, and of btrfs", () => {
    const warned = engine.cgroup({ CgroupVersion: "1" }, 35);
    assert.equal(warned?.isWarning, true);
    assert.equal(engine.cgroup({ CgroupVersion: "1" }, 34)?.passed, true);
    assert.equal(engine.cgroup({}, 35), undefined);
    const { k3sOnCgroupV1 } = versions.supported;
    assert.equal(
      writeRemedy(warned?.remedy ?? [], forNpm()),
      `use a host with cgroup v2, or: npm run pulumi -- config set k3sVersion ${k3sOnCgroupV1}`,
    );
    assert.equal(refusesCgroupV1(minorNumber(k3sOnCgroupV1)), false);
    assert.ok(parseSettings({ k3sVersion: k3sOnCgroupV1 }).settings);
    assert.equal(engine.storage({ Driver: "btrfs" })?.isWarning, true);
    assert.equal(engine.storage({ Driver: "overlay2" }), undefined);
  });
});

describe("the doctor's findings", () => {
  it("are a table, with the pages that have more", () => {
    const section = "before-anything-is-made";
    assert.equal(
      checkTable([
        { id: "docker", title: "docker", outcome: "passed", evidence: "28.2.2" },
        {
          id: "http-port",
          title: "port 80",
          outcome: "failed",
          evidence: "is taken by nginx",
          remedy: ["stop it"],
          section,
        },
      ]),
      [
        "passed  docker   28.2.2",
        "failed  port 80  is taken by nginx; fix: stop it",
        "more: docs/troubleshooting.md#before-anything-is-made",
      ].join("\n"),
    );
  });
});
