import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { bundled } from "../../machine/bundle.cjs";
import { dependencies } from "../../package.json";

describe("TypeScript as one file", () => {
  let folder: string;
  beforeEach(() => {
    mkdirSync(".tools", { recursive: true });
    // below the project, so that dependencies are found
    folder = mkdtempSync(path.resolve(".tools", "bundle-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const entry = (text: string) => {
    const file = path.join(folder, "entry.ts");
    writeFileSync(file, text);
    return path.relative(".", file);
  };
  const runs = (file: string) => spawnSync(process.execPath, [file, "up"], { encoding: "utf8" });

  it("holds all of this project, beside the dependencies", () => {
    const file = bundled(
      entry(`import { parse } from "yaml"; import { project } from "../../model/names";
        const [action]: string[] = process.argv.slice(2); console.log(action, project, parse("a: 1"));`),
      folder,
    );
    assert.equal(runs(file).stdout, "up istio-on-k3d { a: 1 }\n");
  });

  it("is kept while its sources are the same, and made again when one of them changed", () => {
    writeFileSync(path.join(folder, "word.ts"), 'export const word = "old";');
    const text = entry('import { word } from "./word"; console.log(word);');
    const made = () => statSync(bundled(text, folder)).ino;
    const first = made();
    assert.equal(made(), first);
    // of the same length and in the same moment, as where a checkout goes back to an older commit
    writeFileSync(path.join(folder, "word.ts"), 'export const word = "new";');
    assert.notEqual(made(), first);
    assert.equal(runs(bundled(text, folder)).stdout, "new\n");
    rmSync(path.join(folder, "word.ts"));
    assert.throws(made, /Could not resolve "\.\/word"/);
  });

  it("is made again where it is not whole", () => {
    const text = entry('console.log("whole");');
    const file = bundled(text, folder);
    for (const torn of ["", "// made of {", "console.log('another');", readFileSync(file, "utf8").slice(0, -1)]) {
      writeFileSync(file, torn);
      assert.equal(runs(bundled(text, folder)).stdout, "whole\n");
    }
  });

  it("is whole for two that make it at once, and leaves nothing beside it", async () => {
    const text = entry(`console.log(${JSON.stringify("x".repeat(500_000))}.length);`);
    const make = `require("./machine/bundle.cjs").bundled(${JSON.stringify(text)}, ${JSON.stringify(folder)})`;
    const made = [1, 2].map(() => promisify(execFile)(process.execPath, ["-p", make]));
    const files = (await Promise.all(made)).map(({ stdout }) => stdout.trim());
    for (const file of files) assert.equal(runs(file).stdout, "500000\n");
    assert.deepEqual(readdirSync(folder).sort(), ["entry.ts", path.basename(files[0] ?? "")].sort());
  });

  it("says what is wrong with a source, and not where that was found", () => {
    assert.throws(() => bundled(entry("const = 1;"), folder), {
      name: "SyntaxError",
      message: /entry\.ts:1:6: ERROR: Expected identifier/,
    });
  });

  it("is made by a dependency that is always there", () => {
    assert.match(dependencies.esbuild, /^\d+\.\d+\.\d+$/);
  });
});
