import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { stateFolder } from "../../../automation/stack/backend";
import { createStack } from "../../../automation/stack/newStack";
import { Stubs } from "../../support/stubs";
import { withVariables } from "../../support/variables";

describe("the creation of a stack", () => {
  const stubs = new Stubs();
  const stack = "new-stack-test";
  const stackFiles = () => readdirSync(path.dirname(stubs.file(`.pulumi/stacks/istio-on-k3d/${stack}.json`)));
  const temporaryFolders = () => readdirSync(stateFolder).filter((name) => name.startsWith("new-"));
  const inState = (work: () => unknown) =>
    withVariables({ PULUMI_BACKEND_URL: pathToFileURL(stubs.folder).href, PULUMI_CONFIG_PASSPHRASE: "x" }, work);

  let foldersBefore: string[] = [];
  beforeEach(() => {
    mkdirSync(stateFolder, { recursive: true });
    foldersBefore = temporaryFolders();
  });

  /** Creates a stack as Pulumi does, but only once so many creations have begun. */
  const pulumi = (creations: number) => `
    state="$(dirname "$0")"
    touch "$state/begun.$$"
    while [ "$(ls "$state" | grep -c '^begun')" -lt ${creations} ]; do sleep 0.02; done
    mkdir -p "$state/.pulumi/stacks/istio-on-k3d"
    set -C
    if ! echo '{}' 2>&1 > "$state/.pulumi/stacks/istio-on-k3d/$3.json"; then
      echo "error: stack 'organization/istio-on-k3d/$3' already exists" >&2
      exit 255
    fi`;

  it("succeeds for both of two commands that create the same stack at once, and leaves one stack", async () => {
    await stubs.program("pulumi", pulumi(2));
    await inState(() => assert.doesNotReject(Promise.all([createStack(stack), createStack(stack)])));
    assert.deepEqual(stackFiles(), [`${stack}.json`]);
    assert.deepEqual(temporaryFolders(), foldersBefore);
    assert.ok(!existsSync(`Pulumi.${stack}.yaml`));
  });

  it("fails with Pulumi's reason when afterwards there is no stack", async () => {
    await stubs.program("pulumi", 'echo "error: could not create stack: no space left on device" >&2; exit 255');
    await inState(() =>
      assert.rejects(createStack(stack), {
        message: "could not create stack: no space left on device",
        exitCode: 1,
      }),
    );
    assert.deepEqual(temporaryFolders(), foldersBefore);
  });
});
