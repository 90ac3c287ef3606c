import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

interface Project {
  readonly runtime: { readonly options: { readonly nodeargs: string } };
}

const { NODE_COMPILE_CACHE: _, ...given } = process.env;
const env = { ...given, NODE_NO_WARNINGS: "1" };
const installed =
  'Error.prepareStackTrace = (error, frames) => ["mapped", ...frames.map(() => "a line")].join("\\n    at ");';

describe("Node as Pulumi.yaml starts it", () => {
  const { runtime } = parse(readFileSync("Pulumi.yaml", "utf8")) as Project;
  const printed = (expression: string) =>
    execFileSync(process.execPath, [...runtime.options.nodeargs.split(" "), "-p", expression], { env })
      .toString()
      .trim();

  it("keeps what it compiled below .tools, where it can", () => {
    const able = printed("typeof module.constructor.enableCompileCache") === "function";
    const folder = printed('require("module").getCompileCacheDir?.()');
    assert.ok(able ? folder.startsWith(path.resolve(".tools", "compiled")) : folder === "undefined", folder);
  });

  it("finds the lines of what somebody reads: errors that say something, and where a resource is made", () => {
    assert.match(printed(`${installed} new TypeError("wrong").stack`), /^mapped\n {4}at a line\n/);
    const whole = printed(`${installed} Error.stackTraceLimit = Infinity; new Error().stack`);
    // Node's own lines are as they are
    assert.match(whole, /^Error\n {4}at a line\n(.*\n)* {4}at .*node:/);
  });

  it("searches no lines for the traces that the SDK keeps of each promise", () => {
    assert.match(printed(`${installed} new Error().stack`), /^Error\n {4}at /);
  });

  it("shows traces as ever where nothing maps them", () => {
    assert.match(printed('new Error("wrong").stack'), /^Error: wrong\n {4}at /);
    assert.equal(printed("typeof Error.prepareStackTrace"), "undefined");
  });

  it("loads what only puts functions into a cloud when one is put there", () => {
    const heavy = ["typescript", "@npmcli/arborist"];
    const loaded = `${JSON.stringify(heavy)}.map((name) => "children" in require.cache[require.resolve(name)])`;
    assert.equal(printed(`require("@pulumi/pulumi"); ${loaded}.join()`), "false,false");
    const written = `require("@pulumi/pulumi").runtime.serializeFunction(() => 6 * 7).then(({ text }) => console.log(text)); ""`;
    assert.match(printed(written), /return \(\) => 6 \* 7;/);
    assert.equal(printed(`typeof require("@npmcli/arborist").Arborist`), "function");
  });

  it("runs TypeScript by itself, and tells its lines in errors", () => {
    mkdirSync(".tools", { recursive: true });
    const folder = mkdtempSync(path.resolve(".tools", "nodeargs-"));
    const name = path.relative(".", folder).replaceAll(/\W/g, "-");
    const load = (text: string) => {
      writeFileSync(path.join(folder, "program.ts"), text);
      // as Pulumi's Node begins
      return `require("source-map-support/register"); require(${JSON.stringify(path.join(folder, "program.ts"))})`;
    };
    try {
      assert.equal(printed(`${load("export const answer: number = 6 * 7;")}.answer`), "42");
      const failing = load(
        "interface Nothing {}\n\nfunction fail(): Nothing {\n  throw new Error('wrong');\n}\nfail();",
      );
      assert.match(
        printed(`try { ${failing} } catch (error) { error.stack }`),
        /program\.ts:4:\d+\)?\n.+program\.ts:6:/,
      );
      assert.match(
        printed(`try { ${load("const = 1;")} } catch (error) { String(error) }`),
        /^SyntaxError: .+\n.+program\.ts:1:6: /,
      );
    } finally {
      rmSync(folder, { recursive: true });
      rmSync(path.join(".tools", `${name}-program-ts.cjs`));
    }
  });
});
