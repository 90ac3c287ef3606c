import assert from "node:assert/strict";
import { minutesFor, readingSeconds } from "../../../model/verification/lesson/minutes";

describe("the time of a step of the lesson", () => {
  it("counts words, new lines of YAML and output, and commands, each at its pace", () => {
    const text = Array.from({ length: 20 }, () => "word").join(" ");
    assert.equal(readingSeconds([text]), 6);
    assert.equal(readingSeconds(["```yaml", "kind: Pod", "---", "kind: Pod", "", "```"]), 4);
    assert.equal(readingSeconds(["```sh", "kubectl get pods", "npm start", "```"]), 20);
    assert.equal(readingSeconds(["```text", "$ kubectl get pods", "NAME", "```"]), 12);
    assert.equal(readingSeconds(["### The bytes on the wire"]), 30 + 6 * 0.3);
  });
  it("is a whole number of minutes with the time of the commands, and at least one", () => {
    assert.equal(minutesFor(["```sh", "npm start", "```"], 150), 3);
    assert.equal(minutesFor([], 0), 1);
  });
});
