import assert from "node:assert/strict";
import { element } from "../../../model/output/markup";
import { htmlPage, htmlTable, listSection, paragraph } from "../../../model/output/page";

describe("a report as an HTML page", () => {
  it("escapes every text, also in attributes and in the names of columns", () => {
    const { markup } = htmlTable([[['<b>"', "<script>"]]], "a & b");
    assert.equal(
      markup,
      '<table><caption>a &amp; b</caption><thead><tr><th scope="col">&lt;b&gt;&quot;</th></tr></thead><tbody><tr><td data-name="&lt;b&gt;&quot;">&lt;script&gt;</td></tr></tbody></table>',
    );
  });

  it("closes an element without text, because HTML knows no self-closing ones", () => {
    assert.equal(paragraph("").markup, "<p></p>");
    assert.equal(element("br").markup, "<br/>");
  });

  it("leaves out a section without items", () => {
    assert.deepEqual(listSection("Left out", []), []);
    assert.equal(listSection("Left out", ["x"]).length, 2);
  });

  it("loads nothing from elsewhere", () => {
    const page = htmlPage("a <title>", paragraph("text"));
    assert.match(page, /^<!doctype html>\n<html lang="en"><head>.*<title>a &lt;title&gt;<\/title>/);
    assert.doesNotMatch(page, /https?:|src=|<link|@import|url\(/);
  });
});
