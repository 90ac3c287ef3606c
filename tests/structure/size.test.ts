import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Files that are lists of data. */
const data = ["tests/support/refused.ts"];
const sources = execFileSync("git", ["ls-files", "*.ts", "*.mjs", "*.cjs"], { encoding: "utf8" }).trim().split("\n");
const lines = (file: string): number => readFileSync(file, "utf8").split("\n").length - 1;

describe("files", () => {
  it("have at most 200 lines each, and half of them at most 100", () => {
    const sizes = sources.filter((file) => !data.includes(file)).map((file) => [file, lines(file)] as const);
    assert.deepEqual(
      sizes.filter(([, size]) => size > 200),
      [],
    );
    const sorted = sizes.map(([, size]) => size).sort((a, b) => a - b);
    assert.ok((sorted[Math.floor(sorted.length / 2)] ?? 0) <= 100);
  });
});
