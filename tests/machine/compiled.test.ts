import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { compile } from "../../machine/compiled.mjs";
import { dependencies } from "../../package.json";

describe("the driver, compiled", () => {
  let folder: string;
  beforeEach(() => {
    mkdirSync(".tools", { recursive: true });
    // below the project, so that dependencies are found
    folder = mkdtempSync(path.resolve(".tools", "compiled-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const entry = (text: string) => {
    const file = path.join(folder, "entry.ts");
    writeFileSync(file, text);
    return path.relative(".", file);
  };
  const runs = (file: string) => spawnSync(process.execPath, [file, "up"], { encoding: "utf8" });

  it("is one file with all of this project, beside the dependencies", async () => {
    const file = await compile(
      entry(`import { parse } from "yaml"; import { project } from "../../model/names";
        const [action]: string[] = process.argv.slice(2); console.log(action, project, parse("a: 1"));`),
      folder,
    );
    assert.equal(runs(file).stdout, "up istio-on-k3d { a: 1 }\n");
  });

  it("is whole for two that make it at once, and leaves nothing beside it", async () => {
    const text = entry(`console.log(${JSON.stringify("x".repeat(500_000))}.length);`);
    const files = await Promise.all([compile(text, folder), compile(text, folder)]);
    for (const file of files) assert.equal(runs(file).stdout, "500000\n");
    assert.deepEqual(readdirSync(folder).sort(), ["entry.ts", path.basename(files[0])].sort());
  });

  it("says what is wrong with a source", async () => {
    await assert.rejects(compile(entry("const = 1;"), folder), /entry\.ts:1:6: ERROR: Expected identifier/);
  });

  it("is made by a dependency that is always there", () => {
    assert.match(dependencies.esbuild, /^\d+\.\d+\.\d+$/);
  });
});
