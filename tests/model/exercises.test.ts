import assert from "node:assert/strict";
import { type Exercise, exerciseSections, stepOf } from "../../model/verification/lesson/exercises";

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
    const text = exerciseSections([first]).join("\n");
    assert.match(
      text,
      /^\n### No gateway\n\nNothing listens, yet\.\n\n```yaml\nkind: Namespace\n---\nkind: Service\n```/,
    );
    assert.match(text, /```yaml\ncases:\n {2}- it: answers\n```/);
    assert.match(text, /```sh\nnpm run try -- examples\/lesson\/05-gateway\/1-no-gateway --keep\n```/);
    assert.match(text, /```text\npass\n```$/);
  });

  it("shows only what changes since the one before", () => {
    const text = exerciseSections([first, second]).join("\n").split("### Gateway")[1] ?? "";
    assert.match(text, /```yaml\nkind: Gateway\n```/);
    assert.doesNotMatch(text, /kind: Namespace|cases:|```text/);
  });
});
