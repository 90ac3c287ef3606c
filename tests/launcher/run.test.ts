import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Folder names that mean something else in a URL, in a shell or to esbuild. */
const names = ["plain", "hash#1", "job%2Fbranch", "quest?ion", "two words", "don't $x"];

describe("a TypeScript file of the project", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "run-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function checkout(name: string): string {
    const top = path.join(folder, name);
    mkdirSync(path.join(top, "src"), { recursive: true });
    cpSync("launcher", path.join(top, "launcher"), { recursive: true });
    symlinkSync(path.resolve("node_modules"), path.join(top, "node_modules"));
    return top;
  }
  const write = (top: string, file: string, text: string) => writeFileSync(path.join(top, "src", file), text);
  const run = (top: string, ...args: string[]) =>
    spawnSync(process.execPath, [path.join(top, "launcher", "run.cjs"), "src/main", ...args], {
      cwd: folder,
      encoding: "utf8",
    });

  for (const name of names)
    it(`runs with its imports and its arguments in a folder called ${name}, from another folder`, () => {
      const top = checkout(name);
      write(top, "word.ts", 'export const word: string = "done";');
      write(top, "main.ts", 'import { word } from "./word"; import "yaml"; console.log(word, process.argv.slice(2));');
      const { stdout, stderr } = run(top, "create", "now");
      assert.deepEqual([stderr, stdout], ["", "done [ 'create', 'now' ]\n"]);
    });

  it("runs by the delete command of states that earlier versions wrote", () => {
    const top = checkout("former");
    cpSync("machine", path.join(top, "machine"), { recursive: true });
    write(top, "main.ts", "console.log(process.argv.slice(2));");
    const args = [path.join("machine", "script.cjs"), "src/main", "delete"];
    assert.equal(spawnSync(process.execPath, args, { cwd: top, encoding: "utf8" }).stdout, "[ 'delete' ]\n");
  });

  it("runs the last edit, and writes nothing", () => {
    const top = checkout("edit");
    write(top, "main.ts", 'console.log("old");');
    assert.equal(run(top).stdout, "old\n");
    write(top, "main.ts", 'console.log("new");');
    assert.equal(run(top).stdout, "new\n");
    const files = execFileSync("find", [".", "-type", "f", "-not", "-path", "./launcher/*"], { cwd: top });
    assert.equal(files.toString(), "./src/main.ts\n");
  });

  it("shows the TypeScript line of an error", () => {
    const top = checkout("error");
    write(
      top,
      "main.ts",
      "interface Nothing {}\n\nfunction fail(): Nothing {\n  throw new Error('wrong');\n}\nfail();",
    );
    assert.match(run(top).stderr, /Error: wrong\n.+main\.ts:4:9\)\n.+main\.ts:6:1\)/);
  });

  it("shows file, line and column of a syntax error", () => {
    const top = checkout("syntax");
    write(top, "main.ts", "const = 1;");
    assert.match(run(top).stderr, /src\/main\.ts:1:6: ERROR: Expected identifier/);
  });
});
