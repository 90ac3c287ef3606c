import assert from "node:assert/strict";
import { clashingNetwork } from "../../../model/cluster/dockerNetworks";

const lines = [
  "bridge 172.17.0.0/16",
  "host",
  "dual fd00::/64 10.44.1.0/24",
  "k3d-old 10.45.0.0/24",
  "wide 10.64.0.0/10",
  "narrow 10.46.0.248/29",
  "",
].join("\n");

describe("a subnet beside Docker's networks", () => {
  for (const [subnet, name] of [
    ["10.44.0.0/24", undefined],
    ["10.44.0.0/16", "dual"],
    ["10.45.0.0/24", undefined],
    ["10.45.0.128/25", undefined],
    ["10.46.0.0/24", "narrow"],
    ["10.46.0.0/25", undefined],
    ["10.100.0.0/24", "wide"],
    ["172.17.5.0/24", "bridge"],
  ] as const)
    it(`${subnet} overlaps ${name ?? "none of others"}`, () => {
      assert.equal(clashingNetwork(subnet, lines, ["k3d-old"]), name);
    });
});
