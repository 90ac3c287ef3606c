import assert from "node:assert/strict";
import { type Finding, findingsTable, junit } from "../../model/verification/findings";

const findings: readonly Finding[] = [
  { step: 6, name: "HTTP is redirected", outcome: "pass", evidence: "301 to https://a.b/", seconds: 0.01 },
  { step: 8, name: "STRICT", outcome: "fail", evidence: 'got "200" & <reset>\u0007 was meant', seconds: 1.5 },
  { step: 9, name: "share", outcome: "unknown", evidence: "connect ECONNREFUSED", seconds: 0 },
];

describe("findings", () => {
  it("stand in a table with what was observed, and are counted", () => {
    assert.equal(
      findingsTable(findings.map((finding) => ({ ...finding, evidence: "seen" }))),
      [
        " 6  pass       HTTP is redirected  seen",
        " 8  FAIL       STRICT              seen",
        " 9  not known  share               seen",
        "",
        "1 passed, 1 failed, 1 could not be made",
      ].join("\n"),
    );
  });

  it("are JUnit's, with a check that could not be made as an error and no character that XML forbids", () => {
    const report = junit(findings);
    assert.match(report, /<testsuite name="verify" tests="3" failures="1" errors="1">/);
    assert.match(
      report,
      /<testcase classname="step 8" name="STRICT" time="1.500"><failure message="got &quot;200&quot; &amp; &lt;reset&gt;\? was meant"\/>/,
    );
    assert.match(report, /<error message="connect ECONNREFUSED"\/>/);
  });
});
