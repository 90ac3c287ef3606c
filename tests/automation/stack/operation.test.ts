import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { ConcurrentUpdateError, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import { type OperationOptions, runOperation } from "../../../automation/stack/operation";

/** A stack as far as an operation looks at it. */
const stackWith = (config: Readonly<Record<string, string>>) =>
  ({
    name: "operation-test",
    workspace: { workDir: process.cwd() },
    getAllConfig: async () =>
      Object.fromEntries(Object.entries(config).map(([key, value]) => [`istio-on-k3d:${key}`, { value }])),
  }) as unknown as Stack;
const stack = stackWith({});

/** An operation that ends when it is cancelled. */
const endless = ({ signal }: OperationOptions) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("cancelled by its signal")));
  });

const failing =
  (error: Error, ...messages: string[]) =>
  async ({ onEvent }: OperationOptions) => {
    for (const message of messages) onEvent({ diagnosticEvent: { severity: "error", message } } as EngineEvent);
    throw error;
  };

describe("an operation", () => {
  const terminal = process.stdin.isTTY;
  let said: string[] = [];
  const say = (line: string) => said.push(line);
  beforeEach(() => {
    said = [];
  });
  afterEach(() => {
    process.stdin.isTTY = terminal;
    rmSync(".state/config/Pulumi.operation-test.yaml", { force: true });
  });

  /** Runs an operation and sends it a signal as soon as it has begun. */
  const interrupted = (
    signal: NodeJS.Signals,
    isTTY: boolean,
    then: (options: OperationOptions) => Promise<unknown>,
  ) => {
    process.stdin.isTTY = isTTY;
    return runOperation(stack, say, (options) => {
      setImmediate(() => process.emit(signal, signal));
      return then(options);
    });
  };

  for (const [signal, isTTY] of [
    ["SIGTERM", true],
    ["SIGTERM", false],
    ["SIGINT", false],
  ] as const)
    it(`is cancelled by ${signal} ${isTTY ? "at a terminal" : "without a terminal"}`, async () => {
      await assert.rejects(interrupted(signal, isTTY, endless), { name: "OperationFailed", exitCode: 130 });
      assert.deepEqual(said, ["cancelling: steps under way end first"]);
    });

  it("does not forward Ctrl-C in a terminal, which sends it to Pulumi itself", async () => {
    let aborted = false;
    await interrupted("SIGINT", true, async ({ signal }) => {
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      aborted = signal.aborted;
    });
    assert.equal(aborted, false);
    assert.deepEqual(said, ["cancelling: steps under way end first"]);
  });

  it("listens to no signal when it has ended", async () => {
    const before = process.listenerCount("SIGTERM");
    assert.equal(await runOperation(stack, say, async () => "result"), "result");
    assert.equal(process.listenerCount("SIGTERM"), before);
  });

  it("reads a copy of the configuration, and no summary with secrets", async () => {
    const { configFile, showSecrets } = await runOperation(stack, say, async (options) => options);
    assert.match(configFile, /\.state.config.Pulumi\.operation-test\.yaml$/);
    assert.equal(showSecrets, false);
  });

  it("exits with 1 and every error of the engine if it fails", async () => {
    await assert.rejects(runOperation(stack, say, failing(new Error("code: 255"), "one", "update failed", "two")), {
      message: "one\ntwo",
      exitCode: 1,
    });
  });

  it("exits with 2 if the configuration is wrong, whatever the words of the error", async () => {
    const wrong = stackWith({ canaryWeight: "101" });
    await assert.rejects(runOperation(wrong, say, failing(new Error("code: 255"), "any words")), { exitCode: 2 });
    await assert.rejects(
      runOperation(stack, say, failing(new Error("code: 255"), "1 problem in the stack's configuration")),
      { exitCode: 1 },
    );
  });

  it("is tried again when another one, which started at the same moment, was refused too", async () => {
    const locked = Object.assign(Object.create(ConcurrentUpdateError.prototype), { message: "locked" });
    const results = [Promise.reject(locked), Promise.resolve("up")];
    assert.equal(await runOperation(stack, say, () => results.shift() ?? Promise.resolve("again")), "up");
    assert.deepEqual(results, []);
  });

  it("fails with the command that unlocks the stack while another operation has its lock", async () => {
    const locked = Object.assign(Object.create(ConcurrentUpdateError.prototype), { message: "locked" });
    await assert.rejects(runOperation(stack, say, failing(locked)), {
      message:
        "another operation on stack operation-test is under way; wait for it, or if it has ended: npm run pulumi -- cancel --stack operation-test --yes",
      exitCode: 4,
    });
  });
});
