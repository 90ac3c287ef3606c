import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { commandPage, commandTable, launcherOptions } from "../../automation/cli/pages";
import { commands } from "../../automation/cli/table";
import { readExercises } from "../../automation/commands/verify/exercises";
import { settingKeys, stackOutputs } from "../../model/settings/contract";
import { parseSettings } from "../../model/settings/parse";
import { referencePage } from "../../model/settings/reference";
import { lessonPage, lessonSteps } from "../../model/verification/lesson/page";
import { scripts } from "../../package.json";
import { assertGolden } from "../support/golden";
import { componentGraph } from "../support/graph";
import { blocksOf, commandsOf, userPages } from "../support/pageBlocks";
import { runByOf } from "../support/pageCommands";
import { runProgram } from "../support/program";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...readdirSync("docs").flatMap((file) => (file.endsWith(".md") ? [`docs/${file}`] : [])),
];
/** A resource as a person writes it: without Pulumi's annotations. */
const manifest = ({ apiVersion, kind, metadata, spec }: Record<string, unknown>): string => {
  const { name, namespace } = (metadata ?? {}) as Record<string, unknown>;
  return stringify({ apiVersion, kind, metadata: { name, namespace }, spec }, { lineWidth: 0 });
};
const read = (file: string) => readFileSync(file, "utf8");

describe("the documentation", () => {
  it("has the reference that is generated from the keys", () => assertGolden("docs/reference.md", referencePage()));

  it("has the page of commands, the README's table and the launcher's options that the definitions give", () => {
    assertGolden("docs/commands.md", commandPage(commands));
    assertGolden("launcher/options.json", launcherOptions(commands));
    const table = /(<!-- commands, by npm run golden -->\n)[\s\S]*?(<!-- end of commands -->)/;
    const readme = read("README.md");
    assert.match(readme, table);
    assertGolden("README.md", readme.replace(table, `$1${commandTable(commands)}\n$2`));
  });

  it("has the lesson of an environment with all defaults, with the manifests that the program applies", async () => {
    const { settings } = parseSettings({});
    assert.ok(settings);
    const steps = lessonSteps(settings, "10.44.0.239");
    const { resources } = await runProgram({});
    const manifests = Object.fromEntries(
      resources.map(({ type, inputs }) => [type.split(":").at(-1), manifest(inputs)]),
    );
    assertGolden("docs/lesson.md", lessonPage(steps, { manifests, exercises: readExercises() }));
    for (const { resources: kinds = [], mistakes = [] } of steps) {
      for (const kind of kinds) assert.ok(manifests[kind], kind);
      for (const mistake of mistakes) assert.ok(existsSync(`examples/mistakes/${mistake}/broken`), mistake);
    }
    assert.deepEqual(
      steps.flatMap(({ mistakes = [] }) => mistakes).toSorted(),
      readdirSync("examples/mistakes").toSorted(),
    );
  });

  it("shows the components as the program chains them", async () => {
    const { resources } = await runProgram({ appSource: "folder", tokens: "true" });
    const drawn = ["```mermaid", "flowchart LR", ...componentGraph(resources), "```"].join("\n");
    const text = read("docs/architecture.md");
    assertGolden("docs/architecture.md", text.replace(/```mermaid[\s\S]*?```/, drawn));
    assert.match(text, /```mermaid/);
  });

  it("prints the Automation example that is type-checked and run", () => {
    assert.ok(read("docs/ci.md").includes(`\`\`\`ts\n${read("examples/ci.ts")}\`\`\`\n`));
  });

  for (const page of userPages)
    it(`has a test for each block of commands of ${page}`, () => {
      for (const block of blocksOf(page)) {
        if (commandsOf(block).length === 0) continue;
        const at = `${page}:${block.line}: ${block.text.split("\n")[0]}`;
        const by = runByOf(block);
        assert.ok(by, `no test runs ${at}; name one in tests/support/pageCommands.ts`);
        if ("0" in by) assert.ok(read(by[0]).includes(by[1]), `${by[0]} does not contain "${by[1]}", for ${at}`);
      }
    });

  for (const page of pages) {
    it(`leads somewhere from every link of ${page}`, () => {
      const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
      for (const [link, file = "", anchor] of links) {
        const target = file === "" ? page : path.join(path.dirname(page), file);
        assert.ok(existsSync(target), `${link} of ${page}`);
        if (!anchor) continue;
        const heads = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, head = ""]) =>
          head
            .toLowerCase()
            .replace(/[^\w\s-]/g, "")
            .trim()
            .replace(/\s/g, "-"),
        );
        assert.ok(heads.includes(anchor), `${link} of ${page}`);
      }
    });

    it(`names only commands, keys and outputs that there are in ${page}`, () => {
      const text = read(page);
      for (const [, name = ""] of text.matchAll(/npm run (?:--silent )?([a-z][\w:]*)/g))
        assert.ok(Object.hasOwn(scripts, name), `npm run ${name}`);
      for (const [, name = ""] of text.matchAll(/config (?:set|rm) (?:--secret )?([a-z]\w+)/g))
        assert.ok(Object.hasOwn(settingKeys, name), `config ${name}`);
      for (const [, name = ""] of text.matchAll(/stack output ([a-z]\w+)/g))
        assert.ok(Object.hasOwn(stackOutputs, name), `output ${name}`);
    });
  }
});
