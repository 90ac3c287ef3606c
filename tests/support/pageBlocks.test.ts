import assert from "node:assert/strict";
import { type Block, missingLines, shownBy } from "./pageBlocks";

const block = (line: number, language: string, text: string): Block => ({ page: "docs/a.md", line, language, text });

describe("a block of output on a page", () => {
  const commands = block(1, "sh", "kubectl get pods");
  const output = block(5, "text", "NAME  READY");

  it("shows what the commands right before it print", () => {
    assert.equal(shownBy(output, [commands, output]), commands);
  });
  it("shows nothing of commands that stand further up, or on another page", () => {
    assert.equal(shownBy(output, [commands, block(3, "yaml", "kind: Pod"), output]), undefined);
    assert.equal(shownBy(output, [{ ...commands, page: "docs/b.md" }, output]), undefined);
  });
  it("belongs to its own command if it names one", () => {
    assert.equal(shownBy(block(5, "text", "$ npm start\nup"), [commands, output]), undefined);
  });
  it("misses lines that were not printed, whatever their numbers and columns", () => {
    assert.deepEqual(missingLines(["NAME  READY", "a-… 2/2  5s"], "NAME   READY\na-xyz  2/2  17s"), []);
    assert.deepEqual(missingLines(["b 2/2"], "a 2/2"), ["b 2/2"]);
  });
  it("misses a status that another request got", () => {
    assert.deepEqual(missingLines(["404", "200"], "404\n503"), ["200"]);
  });
  it("misses another number of ready containers", () => {
    assert.deepEqual(missingLines(["a-… 2/2  5s"], "a-xyz  1/1  17s"), ["a-… 2/2  5s"]);
  });
});
