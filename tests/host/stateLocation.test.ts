import assert from "node:assert/strict";
import { stateLocation } from "../../host/stateLocation";

describe("the place of a state", () => {
  for (const [backend, place] of [
    [undefined, /^[^@]+@[^:]+:\/src\/a$/],
    ["file:///src/a/.state", /^[^@]+@[^:]+:\/src\/a\/\.state$/],
    ["file:///src/a%23b/.state", /:\/src\/a#b\/\.state$/],
    ["file://./.state?create_dir=true", /:\/src\/a\/\.state$/],
    ["s3://bucket/folder?region=eu", /^s3:\/\/bucket\/folder$/],
    ["postgres://user:secret@db.test/states", /^postgres:\/\/db\.test\/states$/],
  ] as const)
    it(`shows no credentials and is absolute for ${backend ?? "Pulumi's current backend"}`, () => {
      assert.match(stateLocation("/src/a", backend ?? ""), place);
    });
});
