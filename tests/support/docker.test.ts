import assert from "node:assert/strict";
import { belongsTo } from "./docker";

describe("what a cluster left in Docker", () => {
  it("has the cluster's name, and not a longer one", () => {
    const objects = [
      "container k3d-a-server-0",
      "network k3d-a",
      "volume k3d-a-images",
      "network k3d-a2",
      "container k3d-b",
    ];
    assert.deepEqual(
      objects.filter((object) => belongsTo("a", object)),
      ["container k3d-a-server-0", "network k3d-a", "volume k3d-a-images"],
    );
  });
});
