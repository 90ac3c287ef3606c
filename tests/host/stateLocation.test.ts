import assert from "node:assert/strict";
import { stateLocation } from "../../host/stateLocation";

describe("the place of a state", () => {
  for (const [backend, place] of [
    [undefined, /^[^@]+@[^:]+:\/work\/a$/],
    ["file:///work/a/.state", /^[^@]+@[^:]+:\/work\/a\/\.state$/],
    ["file:///work/a%23b/.state", /:\/work\/a#b\/\.state$/],
    ["file://./.state?create_dir=true", /:\/work\/a\/\.state$/],
    ["s3://bucket/folder?region=eu", /^s3:\/\/bucket\/folder$/],
    ["postgres://user:secret@db.test/states", /^postgres:\/\/db\.test\/states$/],
  ] as const)
    it(`shows no credentials and is absolute for ${backend ?? "Pulumi's current backend"}`, () => {
      assert.match(stateLocation("/work/a", backend ?? ""), place);
    });
});
