import assert from "node:assert/strict";
import { verify } from "../../automation";
import { Environment } from "../support/environment";
import { configurations } from "./configurations";

const name = "e2e-verify";

describe("an environment that proves itself", () => {
  let environment: Environment;
  before(async () => {
    environment = await Environment.open(name);
    Object.assign(process.env, environment.stack.workspace.envVars);
  });
  after(() => environment?.destroy());

  for (const [what, config] of configurations)
    it(`does so ${what}`, async () => {
      for (const [key, value] of Object.entries(config)) await environment.set(key, value);
      await environment.up();
      const findings = await verify(name);
      for (const key of Object.keys(config)) await environment.unset(key);
      assert.deepEqual(
        findings.filter(({ outcome }) => outcome !== "passed").map(({ title, evidence }) => `${title}: ${evidence}`),
        [],
      );
    });
});
