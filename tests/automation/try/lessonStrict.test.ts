import assert from "node:assert/strict";
import { refuseStrict } from "../../../automation/commands/try/lesson";

describe("the folders of the lesson", () => {
  it("are refused in a mesh that accepts no plain text, or no mutual TLS, with the command that changes it", () => {
    refuseStrict("dev", { mtlsMode: "PERMISSIVE" });
    for (const mtlsMode of ["STRICT", "DISABLE"] as const)
      assert.throws(() => refuseStrict("dev", { mtlsMode }), {
        message: `mtlsMode = "${mtlsMode}" must be PERMISSIVE for the lesson, whose folders show both plain text and mutual TLS; fix: npm run pulumi -- config set mtlsMode PERMISSIVE && npm start`,
        exitCode: 2,
      });
  });
});
