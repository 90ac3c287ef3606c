import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { minorOf, supportedIstio } from "../../../model/mesh/versions";
import renovate from "../../../renovate.json";
import versions from "../../../versions.json";

const text = readFileSync("versions.json", "utf8");
/** The minors that a rule of Renovate allows for a part, of these. */
function allowed(part: string, minors: readonly string[], prefix = ""): string[] {
  const rule = renovate.packageRules.find(({ matchPackageNames }) => matchPackageNames.includes(part));
  assert.ok(rule, part);
  const pattern = new RegExp(rule.allowedVersions.slice(1, -1));
  return minors.filter((minor) => pattern.test(`${prefix}${minor}.1`));
}
/** The supported minors, with one more below and above them. */
const around = (minors: readonly string[]): string[] => {
  const numbers = minors.map((minor) => Number(minor.split(".")[1]));
  const [major] = (minors[0] ?? "").split(".");
  return [...minors, `${major}.${Math.min(...numbers) - 1}`, `${major}.${Math.max(...numbers) + 1}`];
};

describe("renovate.json", () => {
  it("finds every pinned version of versions.json, and no minimum", () => {
    const matched = renovate.customManagers.flatMap(({ matchStrings }) =>
      matchStrings.flatMap((one) =>
        [...text.matchAll(new RegExp(one, "g"))].map((match) => match.groups?.["currentValue"]),
      ),
    );
    const pinned = Object.values(versions).filter((value) => typeof value === "string");
    assert.deepEqual(
      pinned.filter((value) => !matched.includes(value.slice(value.lastIndexOf(":") + 1))),
      [],
    );
    assert.equal(matched.length, pinned.length);
  });

  it("allows the minors that are supported, and no other", () => {
    const { istio, metallb } = versions.supported;
    const kubernetes = [...new Set(Object.values(istio).flatMap((pair) => pair.kubernetes))];
    assert.deepEqual(allowed("istio/istio", around(Object.keys(supportedIstio))), Object.keys(istio));
    assert.deepEqual(allowed("metallb/metallb", around(metallb)), metallb);
    assert.deepEqual(allowed("rancher/k3s", around(kubernetes), "v"), kubernetes);
  });

  it("orders the tags of k3s by its pattern", () => {
    const pattern = renovate.customManagers.find(({ depNameTemplate }) => depNameTemplate === "rancher/k3s");
    const { groups } = new RegExp(pattern?.versioningTemplate?.replace("regex:", "") ?? "").exec(versions.k3s) ?? {};
    assert.equal(`${groups?.["major"]}.${groups?.["minor"]}`, minorOf(versions.k3s));
  });
});
