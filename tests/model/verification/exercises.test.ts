import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { forNpm } from "../../../model/output/remedy";
import { parseSettings } from "../../../model/settings/parse";
import { type Exercise, exerciseSections, stepOf } from "../../../model/verification/lesson/exercises";
import { lessonPage, lessonSteps } from "../../../model/verification/lesson/page";

const exercise = (name: string, manifests: string, output = ""): Exercise => ({
  folder: `examples/lesson/05-gateway/${name}`,
  manifests,
  cases: "# schema\ncases:\n  - it: answers\n",
  output,
});
const first = exercise("1-no-gateway", "# Nothing listens,\n# yet.\nkind: Namespace\n---\nkind: Service\n", "pass\n");
const second = exercise("2-gateway", "# Now it does.\nkind: Namespace\n---\nkind: Service\n---\nkind: Gateway\n");

describe("an exercise of the lesson", () => {
  it("belongs to the step whose number its chapter has", () => {
    assert.equal(stepOf(first), 5);
  });

  it("shows its comment, its manifests, its requests, the command and the output", () => {
    const text = exerciseSections([first], forNpm()).join("\n");
    assert.match(
      text,
      /^\n### No gateway\n\nNothing listens, yet\.\n\n```yaml\nkind: Namespace\n---\nkind: Service\n```/,
    );
    assert.match(text, /```yaml\ncases:\n {2}- it: answers\n```/);
    assert.match(text, /```sh\nnpm run try -- examples\/lesson\/05-gateway\/1-no-gateway --keep\n```/);
    assert.match(text, /```text\npass\n```$/);
  });

  it("shows only what changes since the one before", () => {
    const text = exerciseSections([first, second], forNpm()).join("\n").split("### Gateway")[1] ?? "";
    assert.match(text, /```yaml\nkind: Gateway\n```/);
    assert.doesNotMatch(text, /kind: Namespace|cases:|```text/);
  });
});

describe("the page of the lesson", () => {
  const { settings } = parseSettings({});
  assert.ok(settings);
  const page = lessonPage(lessonSteps(settings, "10.44.0.239", "ci"), { exercises: [first], stack: "ci" });

  it("names its stack in every command that acts on one", () => {
    const commands = [
      ...page.matchAll(/npm (?:start|run (?:--silent )?(?:pulumi|try|rollout|token|verify))\b[^\n`)&]*/g),
    ];
    assert.ok(commands.length > 20);
    for (const [command] of commands)
      if (!command.startsWith("npm run try` ")) assert.match(command, /--stack ci|^npm run try$/, command);
  });
  for (const routing of ["istio", "gateway-api"])
    it(`waits for no port that an Ingress of the step before keeps open, with routing = ${routing}`, () => {
      const ofRouting = parseSettings({ routing }).settings;
      assert.ok(ofRouting);
      const { commands = [] } = lessonSteps(ofRouting, "10.44.0.239").find(({ step }) => step === 5) ?? {};
      const removal = commands.indexOf("npm run try -- --remove");
      const loop = commands.findIndex((command) => command.startsWith("while curl"));
      assert.ok(removal >= 0 && loop > removal, commands.join("\n"));
    });
  it("repeats the request of step 4 while the environment's own Gateway redirects it", () => {
    assert.match(
      page,
      /curl .*-fL --max-redirs 0 --retry \d+ --retry-delay 1 --retry-all-errors .*plain\.istio\.localhost/,
    );
  });
  it("says how long each step takes, and that all until step 10 takes 90 minutes at most", () => {
    const docs = readFileSync("docs/lesson.md", "utf8");
    const minutes = [...docs.matchAll(/^About (\d+) minutes?\. /gm)].map(([, number]) => Number(number));
    assert.equal(minutes.length, 12);
    const total = Number(/they take about (\d+) minutes\.$/m.exec(docs)?.[1]);
    const ofSteps = minutes.slice(0, 10).reduce((sum, one) => sum + one, 0);
    assert.ok(total > ofSteps && total <= 90, `${total} minutes, ${ofSteps} of them for the steps`);
  });
});
