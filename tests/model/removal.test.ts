import assert from "node:assert/strict";
import { removedMeanwhile } from "../../model/cluster/removal";

/** As Docker 20.10 and 28 say it. */
const texts: readonly (readonly [said: string, goesOn: boolean])[] = [
  ["docker rm --force: Error response from daemon: removal of container f8aee0d7 is already in progress", true],
  ["docker rm --force: Error: No such container: f8aee0d7", true],
  ["docker rm --force: Error response from daemon: No such container: f8aee0d7", true],
  ["docker network rm: Error response from daemon: network k3d-istio not found", true],
  ["docker network rm: Error: No such network: k3d-istio", true],
  [
    "docker network rm: Error response from daemon: error while removing network: network k3d-istio id 9b94165b has active endpoints",
    true,
  ],
  [
    "docker network disconnect: Error response from daemon: container f8aee0d7 is not connected to network k3d-istio",
    true,
  ],
  ["docker network disconnect: Error response from daemon: endpoint k3d-istio-server-0 not found", true],
  ["docker volume rm: Error response from daemon: get k3d-istio-images: no such volume", true],
  ["docker volume rm: Error response from daemon: remove k3d-istio-images: volume is in use - [f8aee0d7]", true],
  ["docker rm --force: Cannot connect to the Docker daemon at unix:///var/run/docker.sock", false],
  ['docker rm --force: Error response from daemon: driver "overlay2" failed to remove root filesystem', false],
];

describe("a removal that fails", () => {
  for (const [said, goesOn] of texts)
    it(`${goesOn ? "goes on" : "ends"} where Docker says: ${said.split(": ").slice(1).join(": ")}`, () => {
      assert.equal(removedMeanwhile(said), goesOn);
    });
});
