import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkMachine } from "../../../automation/commands/doctor/doctor";
import { issuerCheck } from "../../../automation/commands/doctor/issuer";
import { runCheck } from "../../../automation/stack/check";
import { forNpm, writeRemedy } from "../../../model/output/remedy";
import { Stubs } from "../../support/stubs";

describe("the doctor of an issuer of logins", () => {
  const stubs = new Stubs();
  let server: Server;
  let issuer = "";
  let body: string | undefined;

  beforeEach(async () => {
    server = createServer(({ url }, response) => {
      const found = url === "/realm/.well-known/openid-configuration" && body !== undefined;
      response.writeHead(found ? 200 : 404).end(body);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realm`;
    body = JSON.stringify({ issuer });
  });
  afterEach(() => server.close());

  /** Outcome, evidence and fix. */
  const found = async (url = issuer): Promise<string> => {
    const result = await runCheck(issuerCheck, url);
    if (!result) return "nothing";
    const { outcome, isWarning, evidence, remedy } = result;
    const fix = remedy ? `; fix: ${writeRemedy(remedy, forNpm())}` : "";
    return `${isWarning ? "warning" : outcome}: ${evidence}${fix}`;
  };

  it("passes when it answers with the name that is configured", async () => {
    assert.equal(await found(), "passed: answers, and has the same name");
  });

  it("is refused when it has another name, if only by a slash", async () => {
    body = JSON.stringify({ issuer: `${issuer}/` });
    const reason = `calls itself ${issuer}/, and oauth2-proxy accepts no other text, not even another slash at the end`;
    const fix = `npm run pulumi -- config set loginIssuer ${issuer}/`;
    assert.equal(await found(), `failed: ${reason}; fix: ${fix}`);
    assert.equal(await found(`${issuer}/`), "passed: answers, and has the same name");
  });

  it("is a warning when it does not answer, since the pods may reach it by another way", async () => {
    const rest =
      "; if its pod cannot read it either, oauth2-proxy ends at its start, and browsers get 403; fix: start the issuer, or npm run pulumi -- config set loginIssuer URL";
    body = undefined;
    assert.equal(await found(), `warning: ${issuer}/.well-known/openid-configuration answers 404${rest}`);
    for (const text of ["<html>", "{}"]) {
      body = text;
      const evidence = `${issuer}/.well-known/openid-configuration is not the configuration of an issuer`;
      assert.equal(await found(), `warning: ${evidence}${rest}`);
    }
    server.close();
    server.closeAllConnections();
    assert.match(await found(), /^warning: \S+ cannot be reached \(\w+\); if its pod /);
  });

  it("is not looked for when no login is configured", async () => {
    assert.equal(await found("none"), "nothing");
  });

  it("is that of the stack's file, also if its client secret is encrypted, and if npm start would not reject it", async () => {
    const from = process.cwd();
    const folder = mkdtempSync(path.join(tmpdir(), "issuer-"));
    process.chdir(folder);
    try {
      for (const program of ["docker", "pulumi", "k3d"]) await stubs.program(program, "exit 1");
      for (const [configured, expected] of [
        ["http://issuer.invalid", ["issuer http://issuer.invalid"]],
        ["http://localhost:1", []],
      ] as const) {
        const keys = { tokens: "true", loginIssuer: configured, loginClientSecret: { secure: "v1:x" } };
        const config = Object.fromEntries(Object.entries(keys).map(([key, value]) => [`istio-on-k3d:${key}`, value]));
        writeFileSync("Pulumi.dev.yaml", JSON.stringify({ config }));
        const asked = (await checkMachine("dev")).filter(({ id }) => id === "login-issuer");
        assert.deepEqual(
          asked.map(({ title }) => title),
          expected,
        );
      }
    } finally {
      process.chdir(from);
      rmSync(folder, { recursive: true });
    }
  });
});
