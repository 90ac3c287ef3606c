import assert from "node:assert/strict";
import { settings } from "../../components";

describe("settings that a program passes", () => {
  it("are refused with what to write in the program, and with no command", () => {
    assert.throws(
      () => settings({ subnet: "8.8.8.0/24", agents: 99 }),
      ({ message }: Error) => {
        assert.match(message, /^2 problems in the settings:\n/);
        assert.match(message, /\n {2}subnet = "8\.8\.8\.0\/24" must be .*; fix: subnet: "10\.44\.0\.0\/24"$/m);
        assert.match(message, /\n {2}agents = "99" must be .*; fix: agents: 1$/m);
        assert.doesNotMatch(message, /npm|pulumi/);
        return true;
      },
    );
  });
});
