import assert from "node:assert/strict";
import type { Pod } from "../../../automation/commands/try/cluster";
import { arrivalsSince } from "../../../automation/commands/try/logs";
import { collectLogs, missingLogLines } from "../../../automation/commands/try/proxyLogs";
import type { Session } from "../../../automation/commands/try/session";
import type { Api } from "../../../host/kubernetes";
import type { Case } from "../../../model/trial/format/cases";
import { planOf, shop } from "../../model/trial/files";

const { plan, tests } = planOf(shop, "cases: [{ it: answers, from: shop/page, request: http://web/, expect: 200 }]");
const [one] = tests.cases as [Case];
const pod = (workload: string): Pod => ({
  metadata: { name: `${workload}-1`, namespace: "shop", labels: { "istio-on-k3d.trial/workload": workload } },
  spec: { containers: [{ name: "trial" }, { name: "istio-proxy" }] },
  status: { podIP: workload === "web" ? "10.42.0.8" : "10.42.0.5" },
});
const [page] = plan.callers;
const pods = [pod("web"), pod(page?.workload ?? "")];
const answer = {
  ...{ id: "t-1", begun: 0, ms: 1, local: "10.42.0.5:40000", status: 200 },
  headers: { "x-trial-answer": JSON.stringify({ workload: "shop/web", pod: "web-1", arrival: 1 }) },
};
const arrival = { trial: 1, id: "t-1", workload: "shop/web", pod: "web-1", arrival: 1, method: "GET", tls: false };
const line = (cluster: string, upstream: string): string =>
  `[2026-01-01T00:00:00.000Z] "GET / HTTP/1.1" 200 - via_upstream - "-" 0 8 3 2 "-" "istio-trial/t-1" "t-1" "web" "${upstream}" ${cluster} 10.42.0.5:41000 10.96.0.9:80 10.42.0.5:40000 - default`;

/** A run whose logs are written late: a log is empty when it is read for the first times. */
function session(late: number, proxy: (path: string) => string): { run: Session; reads: () => number } {
  let reads = 0;
  const text = async (path: string): Promise<string> => {
    if (path.includes("container=trial")) return reads++ < late ? "" : `${JSON.stringify(arrival)}\n`;
    return reads++ < late ? "" : proxy(path);
  };
  const api = { text } as unknown as Api;
  return { run: { api, plan, pods } as unknown as Session, reads: () => reads };
}
const ofBoth = (path: string): string =>
  path.includes("/web-1/") ? line("inbound|8080||", "127.0.0.6:8080") : line("outbound|80||web", "10.42.0.8:8080");
const measured = {
  case: one,
  observations: [{ answer, arrivals: [{ ...arrival, shadow: false, path: "/", headers: {} }], log: [] }],
  judgement: { outcome: "pass", mismatches: [], seen: "200" },
  settled: true,
} as const;

describe("logs of a mesh test", () => {
  it("are waited for until a stand-in's log has the request that it answered", async () => {
    const { run, reads } = session(2, ofBoth);
    const { arrivals, late } = await arrivalsSince(run, 0, [answer]);
    assert.deepEqual([arrivals.get("t-1")?.length, late.size], [1, 0]);
    assert.ok(reads() > 2);
  });

  it("are waited for until both proxies have written their lines of a request", async () => {
    const { run, reads } = session(4, ofBoth);
    const { log, missing } = await collectLogs(run, [measured], 0);
    assert.deepEqual([log.length, missing.size], [2, 0]);
    assert.ok(reads() > 4);
  });

  it("are reported as missing, with the proxy and the case, when their time is over", async () => {
    const { run } = session(0, (path) => (path.includes("/web-1/") ? "" : ofBoth(path)));
    const logs = await collectLogs(run, [measured], 0, 0);
    assert.deepEqual(missingLogLines(logs), ['shop/web-1: no line of a request of "answers"']);
  });

  it("are reported as missing when they cannot be read", async () => {
    const { run } = session(0, ofBoth);
    const refused = { ...run, api: { text: () => Promise.reject(new Error("no")) } as unknown as Api };
    const logs = await collectLogs(refused, [], 0, 0);
    assert.deepEqual(
      missingLogLines(logs),
      pods.map(({ metadata }) => `shop/${metadata.name}: its log could not be read`),
    );
  });
});
