import assert from "node:assert/strict";
import { milliseconds } from "../../../model/duration";
import { planRequest, secondsToSend, stepsOf } from "../../../model/trial/requests/send";
import { planOf, shop } from "./files";

/** The request of a case as the caller's program receives it. */
function sent(request: string) {
  const { tests, problemLines: told } = planOf(
    shop,
    `cases: [{ it: i, from: shop/page, request: ${request}, expect: 200 }]`,
  );
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

const step = (...timeouts: readonly number[]) => timeouts.map((timeout) => ({ timeout }));

describe("requests of a caller", () => {
  it("are sent in steps, each at once", () => {
    assert.deepEqual(stepsOf(["a", "b", "c"], 2), [["a", "b"], ["c"]]);
  });

  it("have durations in seconds and in milliseconds", () => {
    assert.deepEqual(["3s", "250ms", "1.5s"].map(milliseconds), [3000, 250, 1500]);
  });

  it("may take as long as all their timeouts together, so that slow answers are measured and every wait ends", () => {
    assert.equal(secondsToSend([[step(15_000, 15_000, 15_000)]], 12, 0), 60 + 17);
    const many = Array.from({ length: 300 }, () => [step(15_000)]);
    assert.equal(secondsToSend(many, 12, 0), 60 + 390);
    assert.equal(secondsToSend([[step(1000), step(1000)]], 1, 500), 60 + 6);
    assert.equal(secondsToSend([Array.from({ length: 1000 }, () => step(120_000))], 12, 0), 900);
  });
});
