import assert from "node:assert/strict";
import type { CheckContext } from "../../../automation/commands/verify/check";
import { loginChecks } from "../../../automation/commands/verify/loginChecks";
import { tokenChecks } from "../../../automation/commands/verify/tokenChecks";
import { runCheck } from "../../../automation/stack/check";
import type { Api } from "../../../host/kubernetes";
import { parseSettings } from "../../../model/settings/parse";
import { type Behaviour, FakeGateway } from "../../support/fakeGateway";

const domain = "istio.test";
const login = { tokens: "true", loginIssuer: "https://login.test", loginClient: "mesh", loginClientSecret: "s" };
type Admit = NonNullable<Behaviour["admit"]>;

async function notPassed(admit: (httpsPort: () => number) => Admit): Promise<string[]> {
  let port = 0;
  const server = await FakeGateway.open({ domain, weight: 10, admit: admit(() => port) });
  port = server.httpsPort;
  const { settings } = parseSettings({ domain, httpsPort: String(port), ...login });
  assert.ok(settings);
  const subject: CheckContext = {
    settings,
    ingressIp: "127.0.0.1",
    ca: server.ca,
    api: {} as Api,
    scratch: "scratch",
    tokenKey: "",
    headers: { authorization: "Bearer of the other checks" },
  };
  try {
    const found = await Promise.all(loginChecks.map((check) => runCheck(check, subject)));
    return found.filter(({ outcome }) => outcome !== "passed").map(({ title, evidence }) => `${title}: ${evidence}`);
  } finally {
    server.close();
  }
}

/** Responses of a gateway that asks oauth2-proxy. */
const gateway =
  (client: string, free: readonly string[] = []) =>
  (httpsPort: () => number): Admit =>
  async (authorization, path, accept) => {
    if (free.includes(path)) return 200;
    if (authorization?.startsWith("Bearer ")) return 401;
    if (accept === "application/json") return 401;
    const back = encodeURIComponent(`https://helloworld.${domain}:${httpsPort()}/oauth2/callback`);
    return { status: 302, location: `https://login.test/auth?client_id=${client}&redirect_uri=${back}` };
  };

describe("verify of a login", () => {
  it("passes when browsers without a token are redirected to the login, and programs are rejected", async () => {
    assert.deepEqual(await notPassed(gateway("mesh")), []);
  });

  it("notices another client, and a path that leads around it", async () => {
    const [sent, ...others] = await notPassed(gateway("other"));
    assert.equal(sent, "a browser without a token is redirected to the login: 302 to https://login.test/auth");
    assert.equal(others.length, 2);
    assert.deepEqual(await notPassed(gateway("mesh", ["/robots.txt", "/ping"])), [
      "no path bypasses the login: /robots.txt, /ping",
    ]);
  });

  it("notices a gateway that lets everybody in", async () => {
    assert.equal((await notPassed(() => async () => 200)).length, 4);
  });

  it("replaces the check of requests without a token when a login is configured", () => {
    const { settings: asked } = parseSettings(login);
    const { settings: without } = parseSettings({ tokens: "true" });
    assert.ok(asked && without);
    const refusal = tokenChecks.filter(({ id }) => id === "token-none");
    assert.equal(refusal.length, 1);
    for (const { when } of refusal)
      assert.deepEqual(
        [when?.(asked, { routesToNodes: true }), when?.(without, { routesToNodes: true })],
        [false, true],
      );
    for (const { when } of loginChecks)
      assert.deepEqual(
        [when?.(asked, { routesToNodes: true }), when?.(without, { routesToNodes: true })],
        [true, false],
      );
  });
});
