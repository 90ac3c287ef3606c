import assert from "node:assert/strict";
import { planRequest } from "../../../model/trial/send";
import { planOf, shop } from "./files";

/** The request of a case as the caller's program receives it. */
function sent(request: string) {
  const { tests, told } = planOf(shop, `cases: [{ it: i, from: shop/page, request: ${request}, expect: 200 }]`);
  assert.deepEqual(told, []);
  const [one] = tests.cases;
  assert.ok(one);
  return planRequest("t", one, { address: "10.0.0.1", port: 80 }, [], () => "TOKEN");
}

describe("the token of a request", () => {
  it("stands in Authorization, or where a RequestAuthentication looks for it", () => {
    assert.equal(sent("{ url: http://web/, token: {} }").headers["authorization"], "Bearer TOKEN");
    const other = sent('{ url: http://web/, token: { header: X-Jwt, prefix: "JWT " } }');
    assert.deepEqual([other.headers["x-jwt"], other.headers["authorization"]], ["JWT TOKEN", undefined]);
    assert.equal(
      sent("{ url: http://web/a?b=1, token: { parameter: access_token } }").url,
      "http://web/a?b=1&access_token=TOKEN",
    );
    const cookies = sent("{ url: http://web/, headers: { cookie: a=1 }, token: { cookie: session } }");
    assert.equal(cookies.headers["cookie"], "a=1; session=TOKEN");
  });
});

describe("the TLS version of a request", () => {
  it("is the only one that the caller speaks", () => {
    assert.equal(sent("{ url: https://web/, tlsVersion: TLSV1_2 }").tlsVersion, "TLSV1_2");
    assert.equal("tlsVersion" in sent("https://web/"), false);
  });
});
