import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { saveImages } from "../../host/docker";
import { Stubs } from "../support/stubs";

describe("an archive of images", () => {
  const stubs = new Stubs();
  const calls = async () => (await readFile(stubs.file("calls"), "utf8")).trim().split("\n");

  it("has all platforms that this Docker has", async () => {
    await stubs.program("docker", `echo "$*" >> ${stubs.file("calls")}`);
    await saveImages("/tmp/images.tar", ["a/b:1", "c/d:2"]);
    assert.deepEqual(await calls(), ["save --output /tmp/images.tar a/b:1 c/d:2"]);
  });

  it("has the platform of this Docker if the content of the others was never pulled", async () => {
    await stubs.program(
      "docker",
      `echo "$*" >> ${stubs.file("calls")}
case "$*" in
*--platform*) ;;
save*) echo 'Error response from daemon: unable to create manifests file: NotFound: content digest sha256:ab12: not found' >&2; exit 1;;
version*) echo linux/arm64;;
esac`,
    );
    await saveImages("/tmp/images.tar", ["a/b:1"]);
    assert.equal((await calls()).at(-1), "save --platform linux/arm64 --output /tmp/images.tar a/b:1");
  });

  it("fails with Docker's message for any other error", async () => {
    await stubs.program("docker", "echo 'no space left on device' >&2; exit 1");
    await assert.rejects(saveImages("/tmp/images.tar", ["a/b:1"]), /no space left on device/);
  });
});
