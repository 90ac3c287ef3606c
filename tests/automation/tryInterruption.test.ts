import assert from "node:assert/strict";
import { interruption } from "../../automation/commands/try/interruption";

describe("an interrupted mesh test", () => {
  it("ends at the signal with exit code 130, says so once, and gives the signals back", async () => {
    const before = process.listenerCount("SIGTERM");
    const said: string[] = [];
    const { during, close } = interruption((line) => void said.push(line));
    const never = during(new Promise(() => {}));
    process.emit("SIGTERM", "SIGTERM");
    process.emit("SIGTERM", "SIGTERM");
    await assert.rejects(never, { exitCode: 130 });
    close();
    assert.equal(said.length, 1);
    assert.equal(process.listenerCount("SIGTERM"), before);
  });

  it("does not disturb work that ends by itself", async () => {
    const { during, close } = interruption(() => {});
    assert.equal(await during(Promise.resolve(7)), 7);
    close();
  });
});
