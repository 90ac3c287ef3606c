import assert from "node:assert/strict";
import { noCounts } from "../../../model/canary/evidence";
import { measurementOf, stableTimes } from "../../../model/canary/probeCounts";

const answered = (subset: "v1" | "v2" | undefined, status = 200, milliseconds = 5) => ({
  subset,
  status,
  milliseconds,
});
const lost = (subset?: "v1" | "v2") => ({ subset, sent: true, message: "no complete answer in 5 s" });

describe("the probes of a window", () => {
  it("count by version and class, also when they got no complete answer", () => {
    const { stable, canary, unattributed } = measurementOf(
      [
        ...[answered("v1"), answered("v1", 404), answered("v1", 302), answered("v1", 503)],
        ...[answered("v2"), lost("v2")],
        ...[lost(), lost(), answered(undefined, 503)],
      ],
      undefined,
    );
    assert.deepEqual(stable, { ...noCounts, requests: 4, serverErrors: 1, clientErrors: 1, redirects: 1 });
    assert.deepEqual(canary, { ...noCounts, requests: 2, noAnswer: 1 });
    assert.equal(unattributed, 3);
  });

  it("learn what is slow from version 1 and keep to it", () => {
    const stable = Array.from({ length: 100 }, (_, i) => answered("v1", 200, i));
    const learned = measurementOf([...stable, answered("v2", 200, 95)], undefined);
    assert.deepEqual([learned.slowAbove, learned.stable.slow, learned.canary.slow], [90, 9, 1]);
    assert.deepEqual(measurementOf(stable.slice(0, 49), undefined).stable.timed, 0);
    assert.equal(measurementOf([answered("v2", 200, 95)], 96).canary.slow, 0);
    assert.deepEqual(stableTimes([...stable.slice(0, 2), answered("v2"), lost("v1")]), [0, 1]);
    const earlier = stableTimes(stable.slice(0, 49));
    assert.equal(measurementOf(stable.slice(49, 50), undefined, earlier).slowAbove, 45);
  });

  it("are not attributed to a version when the gateway cannot be reached", () => {
    const refused = { subset: undefined, sent: false, message: "connect ECONNREFUSED 127.0.0.1:443" };
    assert.equal(measurementOf([answered("v1"), answered("v2"), refused], undefined).unattributed, 0);
    assert.throws(() => measurementOf([answered("v1"), refused], undefined), {
      message: "the gateway cannot be reached: connect ECONNREFUSED 127.0.0.1:443",
    });
  });
});
