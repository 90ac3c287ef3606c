import assert from "node:assert/strict";
import { casesSvg } from "../../../model/trial/report/picture";
import type { CaseResult } from "../../../model/trial/report/result";

const result = (outcome: CaseResult["outcome"], from: string, url: string, it = "a case"): CaseResult => ({
  ...{ outcome, seconds: 1, requests: 1, seen: "", mismatches: [], reasons: [] },
  case: { file: "a.test.yaml", line: 1, it, from, times: 1, concurrent: 1, request: { url }, given: {}, expect: {} },
});
/** Texts of a picture with their places, without its title and its legend. */
const texts = (svg: string) =>
  [...svg.matchAll(/<text x="(\d+)" y="(\d+)"[^>]*>(?:<title>[^<]*<\/title>)?([^<]*)<\/text>/g)].map(
    ([, x, y, words]) => ({ x: Number(x), y: Number(y), words }),
  );

describe("the picture of a mesh test", () => {
  it("has a row for each pair of a caller and a host, with a sign for each case", () => {
    const svg = casesSvg([
      result("pass", "shop/client", "http://reviews/a"),
      result("fail", "outside", "https://shop.example:8443/"),
      result("unknown", "shop/client", "http://reviews/b"),
    ]);
    const rows = new Map<number, string[]>();
    for (const { y, words = "" } of texts(svg)) rows.set(y, [...(rows.get(y) ?? []), words]);
    const all = [...rows.values()];
    assert.ok(all.some((row) => row.join(" ") === "shop/client → reviews ✓ ?"));
    assert.ok(all.some((row) => row.join(" ") === "outside → shop.example:8443 ✗"));
    assert.ok(all.some((row) => row.join(" ") === "✓ 1 pass ✗ 1 fail ? 1 could not be measured"));
  });

  it("continues in the next line if a pair has more cases than fit into one", () => {
    const signs = texts(casesSvg(Array.from({ length: 45 }, () => result("pass", "a", "http://b/")))).filter(
      ({ words }) => words === "✓",
    );
    assert.equal(signs.length, 45);
    assert.equal(new Set(signs.map(({ y }) => y)).size, 3);
    assert.equal(new Set(signs.map(({ x, y }) => `${x} ${y}`)).size, 45);
    assert.ok(Math.max(...signs.map(({ x }) => x)) < 930);
  });

  it("names the case of a sign, and escapes what a user wrote", () => {
    const svg = casesSvg([result("pass", "a", "http://b/", 'reads <a> & "b"')]);
    assert.match(svg, /<title>reads &lt;a&gt; &amp; &quot;b&quot;<\/title>/);
  });
});
