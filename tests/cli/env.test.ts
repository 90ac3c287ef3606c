import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { exportLines } from "../../automation/commands/env";

describe("the variables for a shell", () => {
  it("are read by a shell as they are, whatever is in them", () => {
    const text = exportLines(["/a b/.tools", "/it's/$HOME"], {
      PULUMI_BACKEND_URL: "file:///a%23b/'x'",
      UNSET: undefined,
    });
    const shown = `${text}\nprintf '%s\\n' "$PATH" "$PULUMI_BACKEND_URL" "\${UNSET-unset}"`;
    const output = execFileSync("/bin/sh", ["-c", shown], { env: { PATH: "/usr/bin" }, encoding: "utf8" });
    assert.equal(output, "/a b/.tools:/it's/$HOME:/usr/bin\nfile:///a%23b/'x'\nunset\n");
  });
});
