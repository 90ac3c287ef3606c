import assert from "node:assert/strict";
import { environmentNotes } from "../../../automation/commands/try/notes";
import { parseSettings } from "../../../model/settings/parse";
import { planOf, shop } from "../../model/trial/files";

const notes = (config: Readonly<Record<string, string>>): string[] => {
  const { settings } = parseSettings(config);
  assert.ok(settings);
  return environmentNotes({ settings }, planOf(shop).plan);
};

describe("the notes of a mesh test about its environment", () => {
  it("say in ambient that the pods of the run have sidecars, and what was not tested", () => {
    const [, ...outside] = notes({ dataplane: "ambient" });
    assert.deepEqual(outside, notes({}));
    assert.equal(
      notes({ dataplane: "ambient" })[0],
      "pods of a run have sidecars also in ambient (dataplane = ambient), so ztunnel and waypoints were not tested",
    );
  });

  it("say that the mesh has another mode of mutual TLS than Istio's default", () => {
    assert.match(notes({ mtlsMode: "STRICT" }).join("\n"), /^the mesh-wide mode of mutual TLS is STRICT \(mtlsMode\)/);
  });
});
