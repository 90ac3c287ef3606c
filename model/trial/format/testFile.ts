import { binomialBand } from "../../canary/share";
import { milliseconds } from "../../duration";
import type { YamlDocument } from "../manifests/documents";
import { didYouMean, keyOfDnsName } from "../manifests/services";
import type { Path, Problem } from "../manifests/source";
import { longestTimeout } from "../requests/send";
import { urlParts } from "../requests/urls";
import type { Behaviour, CallerSpec, Case, Expectation, RequestSpec, Result, WorkloadSpec } from "./cases";
import { testFormat } from "./format";
import { checkShape, type ReportProblem } from "./shape";

type Some<T> = T | readonly T[];

/** A case as it stands in a file, after its keys were checked. */
interface CaseText {
  readonly it: string;
  readonly from?: Some<string>;
  readonly request?: string | RequestSpec;
  readonly times?: number;
  readonly concurrent?: number;
  readonly given?: Readonly<Record<string, Behaviour>>;
  readonly expect?: Result | ExpectText;
  readonly matrix?: {
    readonly to: string;
    readonly headers?: Readonly<Record<string, unknown>>;
    readonly rows: Readonly<Record<string, Readonly<Record<string, Result>>>>;
  };
}
type ExpectText = Omit<
  Expectation,
  "notBy" | "notLocation" | "status" | "by" | "mirrored" | "requestHeaders" | "responseHeaders"
> & {
  readonly status?: Some<Result>;
  readonly by?: Some<string>;
  readonly mirrored?: Some<string>;
  readonly requestHeaders?: Readonly<Record<string, unknown>>;
  readonly responseHeaders?: Readonly<Record<string, unknown>>;
};

/** Contents of one test file. */
export interface TestFile {
  readonly callers: readonly (readonly [string, CallerSpec])[];
  readonly workloads: readonly (readonly [string, WorkloadSpec])[];
  readonly cases: readonly Case[];
  readonly problems: readonly Problem[];
}

const listOf = <T>(value: Some<T>): readonly T[] => (Array.isArray(value) ? value : [value as T]);
const texts = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key.toLowerCase(), String(value)]));

function requestOf(spec: string | RequestSpec): RequestSpec {
  if (typeof spec === "string") {
    const [, method, url = spec] = /^([A-Z]{3,10}) +(\S.*)$/.exec(spec) ?? [];
    return { url, ...(method && { method }) };
  }
  return { ...spec, ...(spec.headers && { headers: texts(spec.headers) }) };
}

function expectationOf(expected: Result | ExpectText): Expectation {
  if (typeof expected !== "object") return { status: [expected] };
  const { status, by, mirrored, requestHeaders, responseHeaders, ...same } = expected;
  return {
    ...same,
    ...(status !== undefined && { status: listOf(status) }),
    ...(by !== undefined && { by: listOf(by) }),
    ...(mirrored !== undefined && { mirrored: listOf(mirrored) }),
    ...(requestHeaders && { requestHeaders: texts(requestHeaders) }),
    ...(responseHeaders && { responseHeaders: texts(responseHeaders) }),
  };
}

/** Most requests that a share is measured with unless the case says how many. */
const mostForShare = 1000;

/** Number of requests with which each band is at most 15 points wide to either side, and a small share differs from none. */
export function requestsForShare(share: Readonly<Record<string, number>>): number {
  const wide = (n: number) =>
    Object.values(share).some((percent) => {
      const { low, high } = binomialBand(n, percent / 100);
      return high - low > 0.3 * n || (percent > 0 && low === 0) || (percent < 100 && high === n);
    });
  for (let n = 60; n < mostForShare; n += 20) if (!wide(n)) return n;
  return mostForShare;
}

const urlForm = /^(https?|grpcs?|wss?|tcp):\/\/[^/\s]+(\/\S*)?$/;

/** Reads a test file, with every problem at once. */
export function readTestFile(document: YamlDocument): TestFile {
  const problems: Problem[] = [];
  // entries of the file whose keys are wrong, such as cases/3; all others are still read
  const wrong = new Set<string>();
  const report: ReportProblem = (path, message) => {
    problems.push({ ...document.placeOf(path), message });
    wrong.add(path.slice(0, 2).join("/"));
  };
  checkShape(testFormat, { is: "object", name: "file" }, document.value, [], report);
  if (["", "callers", "workloads", "cases"].some((part) => wrong.has(part)))
    return { callers: [], workloads: [], cases: [], problems };
  const isRight = (...path: Path): boolean => !wrong.has(path.join("/"));
  const {
    callers = {},
    workloads = {},
    cases,
  } = document.value as {
    callers?: Record<string, Omit<CallerSpec, "file" | "line">>;
    workloads?: Record<string, Omit<WorkloadSpec, "file" | "line">>;
    cases: readonly CaseText[];
  };
  const right = <T>(part: string, entries: Readonly<Record<string, T>>) =>
    Object.entries(entries).filter(([name]) => isRight(part, name));
  if (cases.length === 0) report(["cases"], "cases is empty: a file without a case tests nothing");
  const read = cases.flatMap((text, i) => (isRight("cases", i) ? casesOf(text, ["cases", i], report, document) : []));
  return {
    callers: right("callers", callers).map(([name, caller]) => {
      if (!caller.namespace && !caller.gateway)
        report(["callers", name], `caller ${name} needs namespace, or gateway for a caller outside the cluster`);
      return [name, { ...caller, ...document.placeOf(["callers", name]) }];
    }),
    workloads: right("workloads", workloads).map(([name, workload]) => {
      if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(name))
        report(
          ["workloads", name],
          `workload ${name} must be named NAMESPACE/SERVICE${didYouMean(keyOfDnsName(name))}`,
        );
      return [name, { ...workload, ...document.placeOf(["workloads", name]) }];
    }),
    cases: read,
    problems,
  };
}

function casesOf(text: CaseText, path: Path, report: ReportProblem, document: YamlDocument): Case[] {
  const { it, from = "outside", times, concurrent = 1, given = {}, request, expect, matrix } = text;
  const common = { it, concurrent, given, ...document.placeOf(path) };
  if (matrix && (request !== undefined || expect !== undefined || text.from !== undefined))
    report(path, "matrix stands in place of from, request and expect: remove one of them");
  if (matrix)
    return Object.entries(matrix.rows).flatMap(([row, results]) => {
      const [, method, target] = /^([A-Z]{3,10}) (\/\S*)$/.exec(row) ?? [];
      if (!method || !target) report([...path, "matrix", "rows", row], `row ${row} must be METHOD PATH`);
      const rowRequest = {
        url: `${matrix.to}${target}`,
        method: method ?? "GET",
        headers: texts(matrix.headers ?? {}),
      };
      if (!urlForm.test(rowRequest.url))
        report([...path, "matrix", "to"], `to = "${matrix.to}" must be a URL without path`);
      return Object.entries(results).map(([caller, result]) => ({
        ...common,
        ...document.placeOf([...path, "matrix", "rows", row, caller]),
        it: `${it}: ${row} from ${caller}`,
        from: caller,
        request: rowRequest,
        times: times ?? 1,
        expect: { status: [result] },
      }));
    });
  if (request === undefined || expect === undefined) {
    report(path, `${request === undefined ? "request" : "expect"} is missing in case`);
    return [];
  }
  const [spec, expectation] = [requestOf(request), expectationOf(expect)];
  if (!urlForm.test(spec.url))
    report(
      [...path, "request"],
      `url = "${spec.url}" must begin with http, https, grpc, grpcs, ws, wss or tcp and name a host`,
    );
  const { port } = urlParts(spec.url);
  if (port < 1 || port > 65_535)
    report([...path, "request"], `url = "${spec.url}" has port ${port}; allowed: 1 to 65535`);
  const timeout = milliseconds(spec.timeout ?? "1s");
  if (timeout <= 0 || timeout > longestTimeout * 1000)
    report(
      [...path, "request", "timeout"],
      `timeout = "${spec.timeout}" must be more than 0 s and at most ${longestTimeout} s`,
    );
  for (const [name, value] of Object.entries(spec.headers ?? {}))
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /[\r\n\0]/.test(value))
      report(
        [...path, "request"],
        `header ${JSON.stringify(name)} is not allowed: a name has no spaces, and a value no line breaks`,
      );
  if (Object.keys(expectation).length === 0)
    report([...path, "expect"], "expect is empty: it would pass with any answer");
  const callers = listOf(from);
  const shares = [expectation.share, expectation.mirroredShare].filter((share) => share !== undefined);
  const enough = Math.max(concurrent, ...shares.map(requestsForShare));
  return callers.map((caller) => ({
    ...common,
    it: callers.length > 1 ? `${it} (from ${caller})` : it,
    from: caller,
    request: spec,
    times: times ?? enough,
    expect: expectation,
  }));
}
