import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

interface Project {
  readonly runtime: { readonly options: { readonly nodeargs: string } };
}

const { NODE_COMPILE_CACHE: _, ...env } = process.env;

describe("Node as Pulumi.yaml starts it", () => {
  const { runtime } = parse(readFileSync("Pulumi.yaml", "utf8")) as Project;
  const printed = (expression: string) =>
    execFileSync(process.execPath, [...runtime.options.nodeargs.split(" "), "-p", expression], { env })
      .toString()
      .trim();

  it("keeps short stack traces", () => {
    assert.equal(printed("Error.stackTraceLimit"), "4");
  });

  it("keeps what it compiled below .tools, where it can", () => {
    const able = printed("typeof module.constructor.enableCompileCache") === "function";
    const folder = printed('require("module").getCompileCacheDir?.()');
    assert.ok(able ? folder.startsWith(path.resolve(".tools", "compiled")) : folder === "undefined", folder);
  });
});
