import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { Environment } from "../../components";
import { componentType } from "../../model/names";
import { settingKeys } from "../../model/settings/contract";
import type { Key } from "../../model/settings/kinds";
import { packageSchema } from "../../model/settings/packageSchema";
import { description, version } from "../../package.json";

const token = componentType("Environment");
const schema = packageSchema(version, description);
const component = schema.resources[token];
const example = parse(readFileSync("examples/yaml/Pulumi.yaml", "utf8")) as {
  resources: Record<string, { type: string; properties: Record<string, unknown> }>;
};

describe("the component for other languages", () => {
  it("has an input for each key, of the same type, but for secrets", () => {
    assert.ok(component);
    const inputs = Object.entries<object>(component.inputProperties) as [string, { type: string; plain: boolean }][];
    const expected = (Object.entries(settingKeys) as [string, Key][]).filter(([, { secret }]) => !secret);
    assert.deepEqual(
      inputs.map(([name, { type }]) => [name, type]),
      expected.map(([name, { type }]) => [name, type]),
    );
    assert.ok(inputs.every(([, { plain }]) => plain));
  });

  it("is declared with the outputs that it has", () => {
    // the type checker compares the names with the class
    const names: Record<Exclude<keyof Environment, keyof pulumi.ComponentResource>, true> = {
      ...{ urls: true, ingressIp: true, caPem: true, kubeconfig: true },
    };
    assert.deepEqual(Object.keys(component?.properties ?? {}), Object.keys(names));
    assert.deepEqual(component?.required, Object.keys(names));
  });

  it("has an SDK that compiles in C# and Java, whose components have no option for secret outputs", () => {
    assert.doesNotMatch(JSON.stringify(component?.properties), /"secret"/);
  });

  it("rejects wrong values with all problems at once", () => {
    assert.throws(() => new Environment("mesh", { canaryWeight: 101, agents: -1 }), {
      message: /^2 problems in the settings:\n {2}agents = "-1" must be .*\n {2}canaryWeight = "101" must be /,
    });
  });

  it("is used in the example with inputs that there are", () => {
    const found = Object.values(example.resources).filter(({ type }) => type === token);
    assert.equal(found.length, 1);
    for (const name of Object.keys(found[0]?.properties ?? {}))
      assert.ok(Object.hasOwn(component?.inputProperties ?? {}, name), name);
  });

  it("is served by the folder that pulumi package add names", async () => {
    const script = `const { provider } = require("../launcher/run.cjs").load("provider/provider"); console.log(provider.schema)`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: path.resolve("provider") });
    assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify(schema)));
    const { main } = JSON.parse(readFileSync("provider/package.json", "utf8")) as { main: string };
    assert.match(readFileSync(path.join("provider", main), "utf8"), /load\("provider\/provider"\)\.serve\(\)/);
  });
});
