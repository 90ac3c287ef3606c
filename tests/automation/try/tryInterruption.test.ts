import assert from "node:assert/strict";
import { removeInTheEnd } from "../../../automation/commands/try/during";
import { cancelledRun, handleInterruption } from "../../../automation/commands/try/interruption";

describe("an interrupted mesh test", () => {
  it("ends at the signal with exit code 130, prints one message, and removes its signal handlers", async () => {
    const before = process.listenerCount("SIGTERM");
    const printed: string[] = [];
    const { during, close } = handleInterruption((line) => void printed.push(line));
    const never = during(new Promise(() => {}));
    process.emit("SIGTERM", "SIGTERM");
    process.emit("SIGTERM", "SIGTERM");
    await assert.rejects(never, { exitCode: 130 });
    close();
    assert.equal(printed.length, 1);
    assert.equal(process.listenerCount("SIGTERM"), before);
  });

  it("does not disturb work that ends by itself", async () => {
    const { during, close } = handleInterruption(() => {});
    assert.equal(await during(Promise.resolve(7)), 7);
    close();
  });
});

describe("the removal at the end of a mesh test", () => {
  /** A removal that the user interrupts some times. */
  function interrupted(times: number) {
    let runs = 0;
    const remove = async () => {
      if (++runs <= times) throw cancelledRun();
    };
    return { remove, runs: () => runs };
  }

  it("continues after Ctrl-C, and prints that it does", async () => {
    const printed: string[] = [];
    const { remove, runs } = interrupted(1);
    await removeInTheEnd(remove, (line) => void printed.push(line));
    assert.equal(runs(), 2);
    assert.deepEqual(printed, ["what was applied is still removed; Ctrl-C once more leaves the rest to the next run"]);
  });

  it("ends at a second Ctrl-C, with exit code 130", async () => {
    const { remove, runs } = interrupted(2);
    await assert.rejects(
      removeInTheEnd(remove, () => {}),
      { exitCode: 130 },
    );
    assert.equal(runs(), 2);
  });

  it("does not try again after an error of the cluster", async () => {
    let runs = 0;
    const remove = () => Promise.reject(new Error(`unreachable ${++runs}`));
    await assert.rejects(
      removeInTheEnd(remove, () => {}),
      /unreachable 1/,
    );
  });
});
