import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import type { Check, CheckContext } from "../../../automation/commands/verify/check";
import { tokenChecks } from "../../../automation/commands/verify/tokenChecks";
import { runCheck } from "../../../automation/stack/check";
import { issueToken } from "../../../automation/stack/issueToken";
import type { Api } from "../../../host/kubernetes";
import {
  adminGroup,
  authorizationPolicies,
  groupClaim,
  keySet,
  requestAuthenticationSpec,
  tokenIssuer,
} from "../../../model/security/tokens";
import { parseSettings } from "../../../model/settings/parse";
import { FakeGateway } from "../../support/fakeGateway";

const domain = "istio.test";
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const jwks = keySet(createPublicKey(publicKey.export({ type: "spki", format: "pem" })).export({ format: "jwk" }));

/** Reads a token by what the RequestAuthentication says, as any implementation of the standard does. */
async function read(token: string) {
  const [rule] = requestAuthenticationSpec({ domain, loginIssuer: "none" }, jwks).jwtRules ?? [];
  assert.ok(rule?.jwks && rule.issuer && rule.audiences);
  const keys = createLocalJWKSet(JSON.parse(rule.jwks));
  return (await jwtVerify(token, keys, { issuer: rule.issuer, audience: rule.audiences })).payload;
}

describe("a token", () => {
  it("is good by the key set, the issuer and the audience of the RequestAuthentication", async () => {
    const claims = await read(await issueToken(key, { domain, group: adminGroup, minutes: 5 }));
    assert.equal(claims.iss, tokenIssuer(domain));
    assert.equal(claims[groupClaim], adminGroup);
    assert.equal((claims.exp ?? 0) - (claims.iat ?? 0), 300);
  });

  it("can have expired, and has no group by default", async () => {
    const token = await issueToken(key, { domain, minutes: -5 });
    await assert.rejects(read(token), { code: "ERR_JWT_EXPIRED" });
    assert.ok(!(groupClaim in decodeJwt(token)));
  });
});

describe("the policies at the ingress gateway", () => {
  it("apply to the app's host with and without port, over HTTPS alone, and only deny requests", () => {
    const policies = authorizationPolicies({ domain, loginIssuer: "none" });
    assert.ok(policies.length > 0);
    for (const { spec } of policies) {
      assert.equal(spec.action, "DENY");
      const [operation] = spec.rules?.flatMap(({ to = [] }) => to.map((one) => one.operation)) ?? [];
      assert.deepEqual(operation?.ports, ["443"]);
      assert.deepEqual(operation?.hosts, ["helloworld.istio.test", "helloworld.istio.test:*"]);
    }
  });
});

describe("verify of tokens", () => {
  /** A path as a gateway matches it under DECODE_AND_MERGE_SLASHES. */
  const normalized = (path: string): string =>
    new URL(path.replace(/%2f|%5c/gi, "/").replace(/\/{2,}/g, "/"), "http://x").pathname.replace(/%61/g, "a");

  /** Responses of a gateway with the policies. */
  const gateway = async (authorization: string | undefined, path: string): Promise<number> => {
    if (authorization === undefined) return 403;
    const claims = await read(authorization.replace("Bearer ", "")).catch(() => undefined);
    if (!claims) return 401;
    return normalized(path).startsWith("/admin") && claims[groupClaim] !== adminGroup ? 403 : 200;
  };

  async function outcomes(admit: typeof gateway): Promise<string[]> {
    const server = await FakeGateway.open({ domain, weight: 10, admit });
    const { settings } = parseSettings({ domain, httpsPort: String(server.httpsPort), tokens: "true" });
    assert.ok(settings);
    const subject: CheckContext = {
      settings,
      ingressIp: "127.0.0.1",
      ca: server.ca,
      api: {} as Api,
      scratch: "scratch",
      tokenKey: key,
      headers: { authorization: "Bearer of the other checks" },
    };
    try {
      const found = await Promise.all(tokenChecks.map((check: Check) => runCheck(check, subject)));
      return found.filter(({ outcome }) => outcome !== "passed").map(({ title, evidence }) => `${title}: ${evidence}`);
    } finally {
      server.close();
    }
  }

  it("passes if the gateway enforces the policies", async () => {
    assert.deepEqual(await outcomes(gateway), []);
  });

  it("notices a gateway that lets everybody in, one that reads no claims, and one that trusts every signature", async () => {
    assert.equal((await outcomes(async () => 200)).length, 5);
    const [closed, spellings, ...others] = await outcomes((authorization) => gateway(authorization, "/"));
    assert.equal(closed, "/admin rejects a token without a group: 200");
    assert.match(spellings ?? "", /^no other spelling of \/admin gets past its policy: \/\/admin 200, /);
    assert.deepEqual(others, []);
  });

  it("notices a gateway that matches paths as they were sent", async () => {
    const literal = async (authorization: string | undefined, path: string) =>
      path.startsWith("/admin") ? gateway(authorization, path) : gateway(authorization, "/");
    const [spellings, ...others] = await outcomes(literal);
    assert.match(spellings ?? "", /\/\/admin 200, .*\/%2Fadmin 200/);
    assert.deepEqual(others, []);
  });

  it("notices a gateway that trusts every signature", async () => {
    const trusting = async (authorization: string | undefined, path: string) => {
      const status = await gateway(authorization, path);
      return status === 401 ? 200 : status;
    };
    assert.deepEqual(await outcomes(trusting), [
      "a token that another key signed is rejected: 200",
      "a token that has expired is rejected: 200",
    ]);
  });
});
