import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";

const printed = (expression: string) =>
  execFileSync(process.execPath, ["--require", "./launcher/deferSdkClosure.cjs", "-p", expression]).toString().trim();

describe("the deferred dependencies of Pulumi's SDK", () => {
  it("are not loaded by the SDK's start", () => {
    const loaded = `["typescript", "@npmcli/arborist"].map((name) => "children" in require.cache[require.resolve(name)])`;
    assert.equal(printed(`require("@pulumi/pulumi"); ${loaded}.join()`), "false,false");
  });

  it("load at their first use", () => {
    const serialized = `require("@pulumi/pulumi").runtime.serializeFunction(() => 6 * 7).then(({ text }) => console.log(text)); ""`;
    assert.match(printed(serialized), /return \(\) => 6 \* 7;/);
    assert.equal(printed(`typeof require("@npmcli/arborist").Arborist`), "function");
  });
});
