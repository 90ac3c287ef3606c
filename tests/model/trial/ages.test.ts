import assert from "node:assert/strict";
import { byAge, predecessors } from "../../../model/trial/manifests/ages";
import { inputOf, shop } from "./files";
import { object } from "./reasonsOf";

const route = (name: string, hosts: string) => object("VirtualService", `{ hosts: [${hosts}], http: [] }`, { name });

describe("the age of VirtualServices", () => {
  it("is that of their names where they share a host, as in manifests that kubectl applies within a second", () => {
    const { objects } = inputOf(
      shop +
        route("c", "web, other") +
        route("b", "web.shop.svc.cluster.local") +
        route("d", "far") +
        route("a", "other"),
    ).manifests;
    assert.deepEqual(
      byAge(objects).map(({ metadata }) => metadata.name),
      ["shop", "web", "a", "b", "c", "d"],
    );
    const names = [...predecessors(objects)].map(([{ metadata }, before]) => [
      metadata.name,
      ...before.map((one) => one.metadata.name),
    ]);
    assert.deepEqual(names, [["a"], ["b"], ["c", "b", "a"], ["d"]]);
  });
});
