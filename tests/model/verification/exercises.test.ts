import assert from "node:assert/strict";
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
  it("says how long each step takes, and that steps 1 to 10 take 90 minutes", () => {
    assert.equal(page.match(/^About \d+ minutes\. /gm)?.length, 12);
    const minutes = lessonSteps(settings, "10.44.0.239")
      .filter(({ step }) => step <= 10)
      .reduce((total, one) => total + one.minutes, 0);
    assert.ok(minutes <= 90, `${minutes} minutes`);
    assert.ok(page.includes(`They take about ${minutes} minutes.`));
  });
});
