import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { formatReference } from "../../model/trial/format/reference";
import { testSchema } from "../../model/trial/format/schema";
import { readInput } from "../../model/trial/input";
import { sizeProblems } from "../../model/trial/manifests/rules";
import { makePlan } from "../../model/trial/plan";
import { shownOutputs, topics } from "../support/exampleOutputs";
import { assertGolden } from "../support/golden";

const reference = /<!-- reference -->[\s\S]*<!-- end -->/;

describe("the page on mesh tests", () => {
  it("has the reference of the format that validates test files", () => {
    const text = readFileSync("docs/try.md", "utf8");
    assertGolden(
      "docs/try.md",
      text.replace(reference, () => `<!-- reference -->\n${formatReference()}\n<!-- end -->`),
    );
  });

  it("comes with a JSON schema from the same table", () =>
    assertGolden("trial/test.schema.json", `${JSON.stringify(testSchema(), null, 2)}\n`));

  it("shows the files of the first example as they are", () => {
    const text = readFileSync("docs/try.md", "utf8");
    for (const name of ["mesh.yaml", "mesh.test.yaml"])
      assert.ok(
        text.includes(`# examples/first/${name}\n${readFileSync(`examples/first/${name}`, "utf8")}\`\`\``),
        `docs/try.md must show examples/first/${name}`,
      );
  });

  it("shows a real output of every example", () => {
    const outputs = shownOutputs();
    for (const topic of topics) {
      const { tests } = readInput(texts(`examples/mesh/${topic}`));
      const titles = (outputs.get(topic) ?? "").split("\n").flatMap((line) => /^pass {4}(.*)$/.exec(line)?.[1] ?? []);
      assert.deepEqual(
        titles,
        tests.cases.map(({ it }) => it),
        topic,
      );
    }
  });

  const texts = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => ({ file: `${folder}/${name}`, text: readFileSync(`${folder}/${name}`, "utf8") }));

  const mistakes = readdirSync("examples/mistakes").flatMap((name) =>
    ["broken", "fixed"].map((kind) => `mistakes/${name}/${kind}`),
  );
  const exercises = readdirSync("examples/lesson").flatMap((chapter) =>
    readdirSync(`examples/lesson/${chapter}`).map((name) => `lesson/${chapter}/${name}`),
  );
  const all = ["first", ...readdirSync("examples/mesh").map((name) => `mesh/${name}`), ...mistakes, ...exercises];
  for (const folder of all.map((name) => `examples/${name}`))
    it(`has an example without problems in ${folder}`, () => {
      const { manifests, tests, problems } = readInput(texts(folder));
      const args = { stack: "dev", image: "node:22", programs: {}, jwks: "{}" };
      const { problems: more } = makePlan(manifests, tests, args);
      assert.deepEqual([...problems, ...more, ...sizeProblems(folder, manifests.objects, tests)], []);
    });
});
