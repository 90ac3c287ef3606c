import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ICruiseOptions, ICruiseResult } from "dependency-cruiser";

const rules = require("../../.dependency-cruiser.cjs") as { folders: string[]; forbidden: object[]; options: object };

/** Names of the rules that the imports of a folder break, with the importing file. */
async function broken(folder: string, entries: readonly string[]): Promise<string[]> {
  // the package has ES modules only, which tests load at run time
  const { cruise } = await import("dependency-cruiser");
  const options = { ...rules.options, baseDir: folder, ruleSet: { forbidden: rules.forbidden }, validate: true };
  const { output } = await cruise([...entries], options as ICruiseOptions);
  const { violations } = (output as ICruiseResult).summary;
  return violations.map(({ from, rule }) => `${from}: ${rule.name}`).sort();
}

const code = [...rules.folders, "index.ts", "config.ts"];

/** Imports that must be refused, at several depths: importing file, imported file, rule. */
const forbidden = [
  ["model/a.ts", "host/b.ts", "model-imports-only-itself"],
  ["model/canary/deep/a.ts", "simulation/b.ts", "model-imports-only-itself"],
  ["model/settings/a.ts", "config.ts", "model-imports-only-itself"],
  ["host/a.ts", "automation/b.ts", "host-imports-only-itself-model"],
  ["k3d/a.ts", "automation/stack/b.ts", "k3d-imports-only-itself-host-model"],
  ["components/parts/a.ts", "k3d/b.ts", "components-imports-only-itself-model"],
  ["automation/commands/verify/a.ts", "components/b.ts", "automation-imports-only-itself-host-model-k3d-charts"],
  ["automation/commands/rollout/a.ts", "index.ts", "automation-imports-only-itself-host-model-k3d-charts"],
  ["policy/a.ts", "components/b.ts", "policy-imports-only-itself-model"],
  ["trial/a.ts", "automation/b.ts", "trial-imports-only-itself-model"],
  ["model/a.ts", "tests/b.ts", "nothing-imports-tests"],
] as const;

describe("the arrows between folders", function () {
  this.timeout(120_000);

  it("hold in this project, without circles", async () => {
    assert.deepEqual(await broken(process.cwd(), code), []);
  });

  describe("in a copy with a forbidden import", () => {
    let folder: string;
    const write = (file: string, text: string) => {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    };
    const importOf = (from: string, to: string) => {
      const relative = path.relative(path.dirname(from), to.replace(/\.ts$/, ""));
      return `import "${relative.startsWith(".") ? relative : `./${relative}`}";\n`;
    };
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), "arrows-"));
      symlinkSync(path.resolve("node_modules"), path.join(folder, "node_modules"));
      write("tsconfig.json", JSON.stringify({ compilerOptions: { module: "commonjs", moduleResolution: "node10" } }));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    for (const [from, to, rule] of forbidden)
      it(`refuses ${from} → ${to}`, async () => {
        write(from, importOf(from, to));
        write(to, "export const b = 1;\n");
        assert.deepEqual(await broken(folder, [from]), [`${from}: ${rule}`]);
      });

    it("refuses Pulumi and Node in model/, also for types", async () => {
      write(
        "model/a/b.ts",
        'import "node:fs";\nimport type { Output } from "@pulumi/pulumi";\nexport type A = Output<string>;\n',
      );
      assert.deepEqual(await broken(folder, ["model"]), [
        "model/a/b.ts: model-is-pure",
        "model/a/b.ts: model-uses-no-node",
      ]);
    });

    it("refuses a circle", async () => {
      write("host/a.ts", `${importOf("host/a.ts", "host/b.ts")}export const a = 1;\n`);
      write("host/b.ts", `${importOf("host/b.ts", "host/a.ts")}export const b = 1;\n`);
      assert.deepEqual(await broken(folder, ["host"]), ["host/a.ts: no-circles"]);
    });
  });
});
