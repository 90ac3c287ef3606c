import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse, parseDocument } from "yaml";
import { project } from "../../../model/names";
import { settingKeys } from "../../../model/settings/contract";
import type { Key } from "../../../model/settings/kinds";
import { parseSettings } from "../../../model/settings/parse";
import { keysBySubject } from "../../../model/settings/reference";

const file = (name: string) => parse(readFileSync(path.join(process.cwd(), name), "utf8"));

describe("the table of configuration keys", () => {
  it("has the type, default and description of every key that Pulumi.yaml declares", () => {
    // never `secret: true`: Pulumi would ask that the default be encrypted, and refuse every up
    const declared = Object.entries(settingKeys as Readonly<Record<string, Key>>).map(([name, key]) => [
      name,
      { type: key.type, default: key.default, description: key.description },
    ]);
    if (process.env["UPDATE_GOLDEN"] === "1") {
      const document = parseDocument(readFileSync("Pulumi.yaml", "utf8"), { version: "1.1" });
      document.set("config", Object.fromEntries(declared));
      writeFileSync("Pulumi.yaml", document.toString({ lineWidth: 0 }));
    }
    const { name, config } = file("Pulumi.yaml");
    assert.equal(name, project);
    assert.deepEqual(config, Object.fromEntries(declared), "mend it with: npm run golden");
  });

  it("has every key once in the reference, by subject", () => {
    assert.deepEqual(Object.values(keysBySubject).flat().toSorted(), Object.keys(settingKeys).toSorted());
  });

  it("accepts Pulumi.dev.yaml", () => {
    const entries = Object.entries(file("Pulumi.dev.yaml").config as Record<string, string>);
    const raw = Object.fromEntries(entries.map(([key, value]) => [key.replace(`${project}:`, ""), String(value)]));
    assert.deepEqual(parseSettings(raw).problems, []);
  });

  it("has a default for every key that the key's rule accepts", () => {
    for (const [name, key] of Object.entries(settingKeys as Readonly<Record<string, Key>>))
      assert.ok(key.accepts(key.default), name);
  });
});
