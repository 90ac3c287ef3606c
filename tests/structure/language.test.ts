import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const sources = execFileSync("git", ["ls-files", "*.ts", "*.mjs", "*.cjs"], { encoding: "utf8" }).trim().split("\n");

describe("comments", () => {
  it("name the thing first, and begin with no question word", () => {
    const questions = sources.flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line, i) =>
          /^ *(\/\*\*|\*|\/\/) *(What|Whether|Where|Who|Whom|Whose|How|Why|Which) /.test(line)
            ? [`${file}:${i + 1} ${line.trim()}`]
            : [],
        ),
    );
    assert.deepEqual(questions, []);
  });
});
