import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { atLeast, context, node } from "../../machine/checks.mjs";
import { report } from "../../machine/doctor.mjs";
import { cgroup, inotify, rootless } from "../../machine/hostChecks.mjs";
import { flatConfig, stackSettings } from "../../machine/settings.mjs";
import { project } from "../../model/names";
import { keys } from "../../model/settings/contract";
import versions from "../../versions.json";

const settings = {
  context: undefined,
  owner: "istio-on-k3d/dev",
  clusterName: "istio",
  ports: [80, 443],
  subnet: "10.44.0.0/24",
  kubernetesMinor: 34,
  versions,
};

describe("the checks of the machine", () => {
  for (const [version, least, enough] of [
    ["20.19.0", "20.19.0", true],
    ["20.9.1", "20.19.0", false],
    ["22.1.0", "20.19.0", true],
    ["5.10.0", "5.7.0", true],
    ["5.6.3", "5.7.0", false],
  ] as const)
    it(`take ${version} as ${enough ? "new enough" : "too old"} where ${least} is asked for`, () => {
      assert.equal(atLeast(version, least), enough);
    });

  it("look for the context of a cluster that the user has, and for nothing that k3d would need", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "kubeconfig-"));
    const file = path.join(folder, "config");
    writeFileSync(file, "contexts:\n- context: {cluster: a, user: a}\n  name: dev\n- {name: arn:aws:x/y}\n");
    const before = process.env["KUBECONFIG"];
    process.env["KUBECONFIG"] = file;
    try {
      for (const name of ["dev", "arn:aws:x/y"]) assert.equal(context(name).state, "ok", name);
      assert.equal(
        report([context("prod")]),
        `problem  context prod  is not in ${file}; fix: kubectl config get-contexts, then npm run pulumi -- config set kubeContext NAME`,
      );
    } finally {
      if (before === undefined) delete process.env["KUBECONFIG"];
      else process.env["KUBECONFIG"] = before;
      rmSync(folder, { recursive: true });
    }
  });

  it("name an old Node with what to do", () => {
    assert.equal(
      report([node(settings, "18.0.0")]),
      "problem  node  18.0.0 is too old; fix: install Node 20.19.0 or newer from https://nodejs.org",
    );
  });

  it("warn of too few inotify instances, and are silent where there are none", () => {
    assert.deepEqual(
      inotify("64").map(({ state }) => state),
      ["warning"],
    );
    assert.deepEqual(
      inotify("128").map(({ state }) => state),
      ["ok"],
    );
    assert.deepEqual(inotify(undefined), existsSync("/proc/sys/fs/inotify") ? inotify() : []);
  });

  it("read the flat keys of a stack's configuration as YAML does", () => {
    const text = [
      "encryptionsalt: v1:abc",
      "config:",
      '  istio-on-k3d:httpPort: "8080"',
      "  istio-on-k3d:httpsPort: 8443 # not 443",
      "  istio-on-k3d:subnet: '10.46.0.0/24'",
      "  istio-on-k3d:istioChartRepository: http://127.0.0.1:5001",
      "  other:httpPort: 1",
      "  istio-on-k3d:token:",
      "    secure: v1:xyz",
    ].join("\n");
    assert.deepEqual(flatConfig(text), {
      httpPort: "8080",
      httpsPort: "8443",
      subnet: "10.46.0.0/24",
      istioChartRepository: "http://127.0.0.1:5001",
    });
  });

  it("assume for a stack without a file what the contract has as defaults", () => {
    const { clusterName, ports, subnet, kubernetesMinor, owner } = stackSettings("none");
    const preset = Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, key.default]));
    assert.deepEqual(
      [clusterName, ...ports, subnet],
      [preset["clusterName"], preset["httpPort"], preset["httpsPort"], preset["subnet"]],
    );
    assert.equal(kubernetesMinor, Number(versions.k3s.split(".")[1]));
    assert.equal(owner, `${project}/none`);
  });

  for (const [options, first, ports, found] of [
    [
      "[name=seccomp,profile=builtin name=rootless]",
      "1024",
      [80, 443],
      "Docker may not publish 80 and 443, below 1024",
    ],
    ["[name=rootless]", "1024", [80, 8443], "Docker may not publish 80, below 1024"],
    ["[name=rootless]", "80", [80, 443], undefined],
    ["[name=rootless]", "1024", [8080, 8443], undefined],
    ["[name=seccomp,profile=builtin]", "1024", [80, 443], undefined],
  ] as const)
    it(`find ${found ?? "nothing"} where Docker has ${options} and the kernel keeps ports below ${first}`, async () => {
      const asked = async () => ({ code: 0, out: options, err: "" });
      const findings = await rootless({ ...settings, ports: [...ports] }, first, asked);
      assert.deepEqual(
        findings.map(({ found }) => found),
        found ? [found] : [],
      );
    });

  it("say nothing of cgroups where Docker does not tell", async () => {
    const before = process.env["PATH"];
    process.env["PATH"] = "/nowhere";
    try {
      assert.deepEqual(await cgroup({ ...settings, kubernetesMinor: 35 }), []);
    } finally {
      process.env["PATH"] = before;
    }
  });
});
