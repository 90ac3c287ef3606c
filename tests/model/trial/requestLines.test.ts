import assert from "node:assert/strict";
import type { Arrival, Observation } from "../../../model/trial/requests/observation";
import {
  entriesOf,
  entriesOfRun,
  type LoggingPods,
  logIndex,
  mayLackLines,
  missingLines,
  sendingProxy,
} from "../../../model/trial/requests/requestLines";
import { entry } from "./reasonsOf";

const url = "http://cart/";
const pods: LoggingPods = {
  logs: (pod) => pod !== "shop/bare-1",
  at: (address) => ({ "10.42.0.8": "shop/cart-1", "10.42.0.9": "shop/bare-1" })[address],
};
const arrival = { workload: "shop/cart", pod: "cart-1", method: "GET", tls: false } as Arrival;
const observation = (more: Partial<Observation["answer"]>, arrivals: readonly Arrival[] = []): Observation => ({
  answer: { id: "t-1", begun: 0, ms: 1, local: "10.42.0.5:40000", ...more },
  arrivals,
  log: [],
});
const sent = entry({ cluster: "outbound|80||cart", upstream: "10.42.0.8:8080" });
const received = entry({ proxy: "shop/cart-1", cluster: "inbound|8080||" });

describe("the access log of a request", () => {
  const answered = observation({ status: 200 }, [arrival]);
  const missing = (entries: Parameters<typeof missingLines>[1], one = answered, isSentByProxy = true) =>
    missingLines(one, entries, { url, isSentByProxy }, pods);

  it("is complete with a line of the sender's proxy and one of each workload that it reached", () => {
    assert.deepEqual(missing([]), [sendingProxy, "shop/cart-1"]);
    assert.deepEqual(missing([sent]), ["shop/cart-1"]);
    assert.deepEqual(missing([received]), [sendingProxy]);
    assert.deepEqual(missing([sent, received]), []);
  });

  it("waits for the proxy that the sender's line names, also if a policy there denied the request", () => {
    assert.deepEqual(missing([sent], observation({ status: 403 })), ["shop/cart-1"]);
    assert.deepEqual(missing([{ ...sent, flags: ["UF"] }], observation({ status: 503 })), []);
  });

  it("needs no line of a caller without sidecar, of a workload without one, and of a failed connection", () => {
    assert.deepEqual(missing([], observation({ status: 404 }), false), []);
    assert.deepEqual(missing([{ ...sent, upstream: "10.42.0.9:8080" }], observation({ status: 200 })), []);
    assert.deepEqual(missing([], observation({ failure: "reset" })), []);
  });

  it("may still come for a failed connection, but not for one that was never made", () => {
    const reset = observation({ failure: "reset" });
    const how = { isPass: false, isSentByProxy: false };
    assert.ok(mayLackLines(reset, [], how));
    assert.ok(!mayLackLines(reset, [received], how));
    assert.ok(mayLackLines(reset, [received], { ...how, isSentByProxy: true }));
    assert.ok(!mayLackLines({ ...reset, answer: { id: "t-1", begun: 0, ms: 1 } }, [], how));
  });

  it("is found among those of thousands of requests at once", () => {
    const log = Array.from({ length: 20_000 }, (_, i) => entry({ requestId: `t-${i}`, downstream: `10.42.0.5:${i}` }));
    const index = logIndex(log);
    for (let i = 0; i < 20_000; i++) assert.equal(entriesOf(index, `t-${i}`, `10.42.0.5:${i}`).length, 1);
  });

  it("of a run has no line of the run before it, and those of its connections without an id", () => {
    const own = entry({ agent: "istio-trial/t-2-a-0-1" });
    const earlier = entry({ agent: "istio-trial/t-1-a-0-1" });
    const stranger = entry({ agent: "curl", requestId: "x", downstream: "10.42.0.7:1" });
    const connection = entry({ agent: "", requestId: "", downstream: "10.42.0.5:40001" });
    const answers = [{ id: "t-2-b-0-1", local: "10.42.0.5:40001" }];
    const log = [earlier, own, stranger, connection];
    assert.deepEqual(entriesOfRun(log, logIndex(log), "t-2", answers), [own, connection]);
  });
});
