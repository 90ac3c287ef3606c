import assert from "node:assert/strict";
import { chooseGeneration } from "../../k3d/lifecycle";
import { dockerFailure, oldK3d } from "../../model/cluster/dockerFailure";
import { type Failure, failureText, forNpm } from "../../model/output/remedy";
import { FakeMachine } from "../support/fakeMachine";
import { owner, settings } from "../support/wantedCluster";

const next = () => chooseGeneration({ settings, owner, generation: "new", readyTimeout: 0 });

describe("a new cluster on a machine that cannot run one", () => {
  const machine = new FakeMachine();

  it("fails before anything is created when k3d is missing", async () => {
    machine.has({ fails: { "k3d version": "sh: k3d: not found" } });
    await assert.rejects(next(), /k3d version/);
    assert.deepEqual(machine.state.calls, []);
  });

  it("is created by a k3d that is new enough", async () => {
    machine.has({});
    assert.match((await next()).generation, /\.new$/);
  });
});

describe("the explanation of a tool that is missing or too old", () => {
  const install = "fix: install k3d 5.7.0 or newer (https://k3d.io); npm start downloads one";
  const text = (failure: Failure | undefined) => failure && failureText(failure, forNpm());
  for (const [output, explanation] of [
    ["k3d version: k3d is not installed", `k3d is not installed; ${install}`],
    ["docker ps: docker is not installed", "Docker is not installed; fix: https://docs.docker.com/get-docker/"],
    [
      "docker ps: failed to connect to the docker API at unix:///var/run/docker.sock",
      "Docker is not running; fix: start Docker Desktop, or: sudo systemctl start docker",
    ],
  ] as const)
    it(`names the remedy of: ${output}`, () => assert.equal(text(dockerFailure(output)), explanation));

  it("names the version of a k3d that is too old, and accepts newer ones", () => {
    assert.equal(text(oldK3d("k3d version v5.4.9\nk3s version v1.25 (default)")), `k3d 5.4.9 is too old; ${install}`);
    for (const version of ["5.7.0", "5.8.3", "5.10.0", "6.0.0"])
      assert.equal(oldK3d(`k3d version v${version}`), undefined);
  });
});
