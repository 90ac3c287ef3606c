import assert from "node:assert/strict";
import { element } from "../../../model/output/markup";
import { columns } from "../../../model/output/table";

describe("a table", () => {
  it("has columns as wide as their longest cell, and no blanks at the end of a line", () => {
    assert.deepEqual(columns([["a", "bb", ""], ["ccc", "d"], []]), ["a    bb", "ccc  d", ""]);
    assert.deepEqual(columns([]), []);
  });
});

describe("markup", () => {
  it("escapes attributes and text, and replaces characters that XML forbids", () => {
    const child = element("b", {}, "bold & \u0007");
    assert.equal(
      element("a", { title: `"it's"`, x: 1, none: undefined }, "<", child).markup,
      '<a title="&quot;it&#39;s&quot;" x="1">&lt;<b>bold &amp; ?</b></a>',
    );
  });

  it("closes an element without content", () => assert.equal(element("line", { x1: 0 }).markup, '<line x1="0"/>'));
});
