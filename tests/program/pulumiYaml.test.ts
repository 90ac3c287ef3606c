import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { supported } from "../../versions.json";

const project = parse(readFileSync("Pulumi.yaml", "utf8"));
const program = JSON.parse(readFileSync("tsconfig.program.json", "utf8"));
const checked = JSON.parse(readFileSync("tsconfig.json", "utf8"));

describe("Pulumi.yaml", () => {
  it("requires the Pulumi version that npm start requires", () => {
    assert.equal(project.requiredPulumiVersion, `>=${supported.minimum.pulumi}`);
  });

  it("names no backend, because Pulumi resolves a relative one against the current folder and ignores pulumi login", () => {
    assert.equal(project.backend, undefined);
  });

  it("runs index.ts by Pulumi's own ts-node, with options that it reads without following extends", () => {
    const { name, options } = project.runtime;
    assert.deepEqual([name, project.main, options.typescript], ["nodejs", "index.ts", undefined]);
    assert.equal(options.tsconfig, "tsconfig.program.json");
    for (const key of ["target", "module", "moduleResolution", "resolveJsonModule", "esModuleInterop"])
      assert.equal(program.compilerOptions[key], checked.compilerOptions[key], key);
    for (const [, file = ""] of options.nodeargs.matchAll(/(\.\/\S+)/g)) assert.ok(existsSync(file), file);
  });

  it("leaves the types to the editor and npm test, which check them", () => {
    assert.equal(program.compilerOptions.noCheck, true);
    assert.equal(checked.compilerOptions.noCheck, undefined);
  });
});
