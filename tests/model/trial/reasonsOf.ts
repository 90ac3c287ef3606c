import assert from "node:assert/strict";
import { reasonsFor } from "../../../model/trial/reasons/reasons";
import type { AccessEntry } from "../../../model/trial/requests/accessLog";
import type { Arrival, Observation } from "../../../model/trial/requests/observation";
import { planOf, shop } from "./files";

export const entry = (more: Partial<AccessEntry>): AccessEntry => ({
  proxy: "shop/caller-page-1",
  time: "2026-01-01T00:00:00.000Z",
  method: "GET",
  path: "/",
  status: 200,
  flags: [],
  details: "",
  transport: "",
  agent: "",
  requestId: "t",
  authority: "",
  upstream: "",
  cluster: "",
  upstreamLocal: "",
  local: "",
  downstream: "",
  sni: "",
  route: "",
  ...more,
});

/** Result of a request, as a run observes it. */
export interface Shown {
  readonly grpcStatus?: number;
  readonly status?: number;
  readonly failure?: "reset" | "refused" | "tls-error" | "unresolved";
  /** Workload that answered. */
  readonly by?: string;
  readonly arrival?: Partial<Arrival>;
  /** Arrivals at that workload. @default 1 */
  readonly tries?: number;
  /** The part `callers` of the test file, with a line break at its end. @default none */
  readonly callers?: string;
  readonly log?: readonly Partial<AccessEntry>[];
  readonly labels?: Readonly<Record<string, string>>;
  /** @default "PERMISSIVE" */
  readonly meshMode?: string;
}

/** Reasons of a case for the result that was observed, each as TEXT (LINE) → FIX. */
export function reasons(manifests: string, caseFromPage: string, shown: Shown): string[] {
  const { status, failure, grpcStatus, by, arrival, log = [], labels = {}, meshMode = "PERMISSIVE" } = shown;
  const { plan, tests, problemLines: told } = planOf(manifests, `${shown.callers ?? ""}cases: [${caseFromPage}]`);
  assert.deepEqual(told, []);
  const [first] = tests.cases;
  const caller = plan.callers.find(({ name }) => name === first?.from);
  assert.ok(first && caller);
  const answer = { workload: by, pod: "p", arrival: 1 };
  const observation: Observation = {
    answer: {
      id: "t",
      begun: 0,
      ms: 1,
      ...(failure ? { failure } : { status: status ?? 200 }),
      ...(grpcStatus !== undefined && { grpcStatus }),
      headers: by ? { "x-trial-answer": JSON.stringify(answer) } : {},
    },
    arrivals: by
      ? Array.from({ length: shown.tries ?? 1 }, (_, i) => ({
          id: "t",
          ...answer,
          arrival: i + 1,
          workload: by,
          shadow: false,
          method: "GET",
          path: "/",
          tls: false,
          headers: {},
          ...arrival,
        }))
      : [],
    log: log.map(entry),
  };
  const { applied: objects, services, standIns } = plan;
  const all = reasonsFor({
    testCase: first,
    observation: observation,
    objects,
    services,
    standIns,
    caller,
    meshMode,
    domain: "mesh.example",
    labelsOf: () => labels,
  });
  return all.map(({ text, place, fix }) => `${text}${place ? ` (${place.line})` : ""}${fix ? ` → ${fix}` : ""}`);
}

/** Requires that each pattern matches a reason. */
export const includes = (all: readonly string[], ...patterns: readonly RegExp[]): void => {
  for (const pattern of patterns) assert.match(all.join("\n"), pattern);
};

/** A VirtualService on line 10 of shop's manifests, and what else is needed. */
export const route = (spec: string, more = ""): string => `${shop}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
${spec}
${more}`;
export const subsets = `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: shop }
spec: { host: web, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }`;
export const object = (kind: string, spec: string, { name = "x", namespace = "shop" } = {}): string => `---
apiVersion: ${/Authorization|Authentication/.test(kind) ? "security" : "networking"}.istio.io/v1
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;

export const namespace = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
`;
export const service = (name: string, port: string, more = ""): string => `---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [${port}]${more} }
`;
/** A case in which the page calls a URL. */
export const caseFromPage = (url: string, expect = "{ status: 200 }"): string =>
  `{ it: i, from: shop/page, request: "${url}", expect: ${expect} }`;
