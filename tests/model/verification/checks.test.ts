import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { clusterChecks } from "../../../automation/commands/verify/clusterChecks";
import { ingressChecks } from "../../../automation/commands/verify/ingressChecks";
import { loginChecks } from "../../../automation/commands/verify/loginChecks";
import { meshChecks } from "../../../automation/commands/verify/meshChecks";
import { pageChecks } from "../../../automation/commands/verify/pageChecks";
import { proxyChecks } from "../../../automation/commands/verify/proxyChecks";
import { routeChecks } from "../../../automation/commands/verify/routeChecks";
import { tokenChecks } from "../../../automation/commands/verify/tokenChecks";
import { type CheckResult, checkCounts, checkTable, failedChecks, junitReport } from "../../../model/checks/result";
import { troubleshootingPage, troubleshootingSections } from "../../../model/checks/sections";
import { configSet, forNpm, remedy } from "../../../model/output/remedy";

const results: readonly CheckResult[] = [
  {
    ...{ step: 6, id: "http-redirect", title: "HTTP is redirected", outcome: "passed", seconds: 0.01 },
    evidence: "301 to https://a.b/",
  },
  {
    ...{ step: 8, id: "mtls", title: "STRICT", outcome: "failed", seconds: 1.5, section: "inside-the-mesh" },
    evidence: 'got "200" & <reset>\u0007 was meant',
  },
  { step: 9, id: "share", title: "share", outcome: "unknown", evidence: "connect ECONNREFUSED", seconds: 0 },
];

describe("the results of checks", () => {
  it("stand in a table with what was observed and the page that has more, and are counted", () => {
    assert.deepEqual(checkTable(results.map((result) => ({ ...result, evidence: "seen" }))).split("\n"), [
      " 6  passed   HTTP is redirected  seen",
      " 8  failed   STRICT              seen",
      " 9  unknown  share               seen",
      "more: docs/troubleshooting.md#inside-the-mesh",
    ]);
    assert.equal(checkCounts(results), "1 passed, 1 failed, 1 could not be made");
  });

  it("show a remedy for the stack that is meant, and a warning is no failure", () => {
    const port: CheckResult = {
      ...{ id: "port 80", title: "port 80", outcome: "failed", evidence: "is taken by nginx" },
      remedy: remedy`stop it, or: ${configSet("httpPort", 8080)}`,
    };
    assert.equal(
      checkTable([port], forNpm("ci")),
      "failed  port 80  is taken by nginx; fix: stop it, or: npm run pulumi -- config set httpPort 8080 --stack ci",
    );
    assert.match(checkTable([{ ...port, isWarning: true }]), /^warning {2}port 80/);
    assert.deepEqual(failedChecks([port, { ...port, isWarning: true }]), [port]);
  });

  it("are JUnit's, with a check that could not be made as an error and no character that XML forbids", () => {
    const report = junitReport(results);
    assert.match(report, /<testsuite name="verify" tests="3" failures="1" errors="1">/);
    assert.match(
      report,
      /<testcase classname="step 8" name="STRICT" time="1.500"><failure message="got &quot;200&quot; &amp; &lt;reset&gt;\? was meant"\/>/,
    );
    assert.match(report, /<error message="connect ECONNREFUSED"\/>/);
  });
});

describe("every check", () => {
  const all = [
    ...[...clusterChecks, ...proxyChecks, ...pageChecks, ...ingressChecks],
    ...[...routeChecks, ...tokenChecks, ...loginChecks, ...meshChecks],
  ];

  it("has a unique id", () => {
    const ids = all.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
  });

  it("links to a section that the troubleshooting page has", () => {
    const headings = [...readFileSync(troubleshootingPage, "utf8").matchAll(/^## (.*)$/gm)].map(([, heading = ""]) =>
      heading.toLowerCase().replaceAll(" ", "-"),
    );
    for (const section of troubleshootingSections) assert.ok(headings.includes(section), section);
  });
});
