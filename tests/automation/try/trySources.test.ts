import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { readSources } from "../../../automation/commands/try/sources";

describe("the files of a mesh test", () => {
  it("are a stream on standard input beside a folder, each with a name that a report can show", async () => {
    const sources = await readSources(["-", "examples/first"], Readable.from(["kind: Service\n"]));
    assert.deepEqual(
      sources.map(({ file }) => file),
      ["standard input", "examples/first/mesh.test.yaml", "examples/first/mesh.yaml"],
    );
    assert.equal(sources[0]?.text, "kind: Service\n");
  });
});
