import { binomialBand } from "../canary/share";
import type { Case, Expectation } from "./cases";
import { answeredBy, arrivalOf, type Observation, peerOf, resultOf } from "./observation";
import { isNamed, type StandIn } from "./standIns";

/** One expectation that was not met. */
export interface Mismatch {
  readonly expected: string;
  readonly seen: string;
}

export type Outcome = "pass" | "fail" | "unknown";

export interface Judgement {
  readonly outcome: Outcome;
  readonly mismatches: readonly Mismatch[];
  /** What was observed, in one line. */
  readonly seen: string;
}

/** The workloads that names in a case can mean. */
type Workloads = readonly StandIn[];

const named = (name: string, id: string | undefined, all: Workloads): boolean => {
  const standIn = all.find((one) => one.id === id);
  return standIn !== undefined && isNamed(name, standIn);
};

/** How often each text occurs, most frequent first. */
export function counted(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const rows = [...counts].sort((a, b) => b[1] - a[1]);
  return rows.map(([text, count]) => (texts.length === 1 ? text : `${text} ×${count}`)).join(", ");
}

/** One request in a few words. */
export function summaryOf(seen: Observation): string {
  const by = answeredBy(seen)?.workload;
  const { location } = seen.answer.headers ?? {};
  return [String(resultOf(seen)), by && `by ${by}`, location && `to ${location}`].filter(Boolean).join(" ");
}

/** Compares each observation with one expectation; the first that differs is told, with how many do. */
function each(
  all: readonly Observation[],
  expected: string,
  read: (seen: Observation) => string,
  holds: (seen: Observation) => boolean,
): Mismatch[] {
  const wrong = all.filter((seen) => !holds(seen));
  if (wrong.length === 0) return [];
  const of = all.length > 1 ? `${wrong.length} of ${all.length} requests: ` : "";
  return [{ expected, seen: `${of}${counted(wrong.map(read)).slice(0, 300)}` }];
}

const headerRule = (wanted: string, value: string | undefined): boolean =>
  wanted === "absent" ? value === undefined : wanted === "present" ? value !== undefined : value === wanted;

/** Whether seconds are as "< 1.5", "> 2", "~ 3" or "1 - 2" says. */
export function secondsHold(rule: string, seconds: number): boolean {
  const [, sign = "", first = "", last] = /^([<>]=?|~)? ?(\d+(?:\.\d+)?)(?: ?- ?(\d+(?:\.\d+)?))?$/.exec(rule) ?? [];
  const value = Number(first);
  if (sign === "~") return seconds >= value * 0.85 && seconds <= value * 1.3;
  if (last !== undefined) return seconds >= value && seconds <= Number(last);
  return sign.startsWith(">") ? seconds >= value : seconds <= value;
}

function attemptsHold(rule: number | string, attempts: number): boolean {
  const [, sign = "", value = ""] = /^([<>]=?)? ?(\d+)$/.exec(String(rule)) ?? [];
  const wanted = Number(value);
  const holds = {
    "": attempts === wanted,
    "<": attempts < wanted,
    "<=": attempts <= wanted,
    ">": attempts > wanted,
    ">=": attempts >= wanted,
  };
  return holds[sign as keyof typeof holds];
}

const spiffe = (peer: string): string => {
  const [namespace, account] = peer.split("/");
  return peer.includes(":") || !account ? peer : `/ns/${namespace}/sa/${account}`;
};

const attemptsOf = ({ arrivals }: Observation): number => arrivals.filter(({ shadow }) => !shadow).length;

function header(seen: Observation, name: string): string | undefined {
  const value = seen.answer.headers?.[name];
  return value === undefined ? undefined : [value].flat().join(", ");
}

type Rule = (expect: Expectation, all: readonly Observation[], workloads: Workloads) => Mismatch[];

const arrived = (
  all: readonly Observation[],
  expected: string,
  read: (arrival: NonNullable<ReturnType<typeof arrivalOf>>) => string,
  holds: (text: string) => boolean,
) =>
  each(
    all,
    expected,
    (seen) => {
      const arrival = arrivalOf(seen);
      return arrival ? read(arrival) : "no workload received it";
    },
    (seen) => {
      const arrival = arrivalOf(seen);
      return arrival !== undefined && holds(read(arrival));
    },
  );

/** One rule for each key of an expectation. */
const rules: readonly Rule[] = [
  ({ status }, all) =>
    status
      ? each(all, `status ${status.join(" or ")}`, summaryOf, (seen) => status.some((one) => one === resultOf(seen)))
      : [],
  ({ by }, all, workloads) =>
    by
      ? each(all, `by ${by.join(" or ")}`, summaryOf, (seen) =>
          by.some((name) => named(name, answeredBy(seen)?.workload, workloads)),
        )
      : [],
  ({ notBy }, all, workloads) =>
    notBy
      ? each(
          all,
          `not by ${notBy.join(" or ")}`,
          summaryOf,
          (seen) => !notBy.some((name) => named(name, answeredBy(seen)?.workload, workloads)),
        )
      : [],
  ({ reached }, all, workloads) =>
    (reached ?? [])
      .filter((name) => !all.some((seen) => named(name, answeredBy(seen)?.workload, workloads)))
      .map((name) => ({ expected: `an answer by ${name}`, seen: counted(all.map(summaryOf)) })),
  ({ sameWorkload }, all) => {
    const pods = all.map((seen) => answeredBy(seen)?.pod ?? String(resultOf(seen)));
    const same = new Set(pods).size === 1;
    return sameWorkload === undefined || same === sameWorkload
      ? []
      : [{ expected: sameWorkload ? "one pod answers all" : "several pods answer", seen: counted(pods) }];
  },
  (expect, all, workloads) => shares(expect, all, workloads),
  ({ path }, all) =>
    path === undefined
      ? []
      : arrived(
          all,
          `path ${path}`,
          (one) => one.path,
          (text) => text === path,
        ),
  ({ host }, all) =>
    host === undefined
      ? []
      : arrived(
          all,
          `host ${host}`,
          ({ headers }) => headers["host"] ?? headers[":authority"] ?? "",
          (text) => text === host,
        ),
  ({ requestHeaders = {} }, all) =>
    Object.entries(requestHeaders).flatMap(([name, wanted]) =>
      each(
        all,
        `request header ${name}: ${wanted}`,
        (seen) => {
          const arrival = arrivalOf(seen);
          return arrival ? (arrival.headers[name] ?? "absent") : "no workload received it";
        },
        (seen) => {
          const arrival = arrivalOf(seen);
          return arrival !== undefined && headerRule(wanted, arrival.headers[name]);
        },
      ),
    ),
  ({ responseHeaders = {} }, all) =>
    Object.entries(responseHeaders).flatMap(([name, wanted]) =>
      each(
        all,
        `response header ${name}: ${wanted}`,
        (seen) => header(seen, name) ?? "absent",
        (seen) => headerRule(wanted, header(seen, name)),
      ),
    ),
  ({ location }, all) =>
    location === undefined
      ? []
      : each(
          all,
          `location ${location}`,
          (seen) => header(seen, "location") ?? "none",
          (seen) => header(seen, "location") === location,
        ),
  ({ body }, all) =>
    body === undefined
      ? []
      : each(
          all,
          `body with ${JSON.stringify(body)}`,
          ({ answer }) => (answer.body ?? "").slice(0, 100),
          ({ answer }) => (answer.body ?? "").includes(body),
        ),
  ({ grpcStatus }, all) =>
    grpcStatus === undefined
      ? []
      : each(
          all,
          `gRPC status ${grpcStatus}`,
          ({ answer }) => String(answer.grpcStatus ?? answer.status ?? answer.failure),
          ({ answer }) => answer.grpcStatus === grpcStatus,
        ),
  ({ attempts }, all) =>
    attempts === undefined
      ? []
      : each(
          all,
          `${attempts} arrivals at a workload`,
          (seen) => `${attemptsOf(seen)} arrivals`,
          (seen) => attemptsHold(attempts, attemptsOf(seen)),
        ),
  ({ seconds }, all) =>
    seconds === undefined
      ? []
      : each(
          all,
          `seconds ${seconds}`,
          ({ answer }) => (answer.ms / 1000).toFixed(1),
          ({ answer }) => secondsHold(seconds, answer.ms / 1000),
        ),
  ({ peer }, all) =>
    peer === undefined
      ? []
      : arrived(
          all,
          `peer ${peer}`,
          peerOf,
          (text) => text === peer || (peer !== "none" && text.endsWith(spiffe(peer))),
        ),
  ({ tls }, all) =>
    tls === undefined
      ? []
      : arrived(
          all,
          `${tls ? "over" : "without"} TLS`,
          (one) => String(one.tls),
          (text) => text === String(tls),
        ),
  ({ certificate }, all) =>
    certificate === undefined
      ? []
      : each(
          all,
          `certificate for ${certificate.join(", ")}`,
          ({ answer }) => answer.certificate?.names.join(", ") ?? "none",
          ({ answer }) => certificate.every((name) => answer.certificate?.names.includes(name)),
        ),
  ({ mirrored }, all, workloads) => {
    if (!mirrored) return [];
    const copies = all.flatMap(({ arrivals }) =>
      arrivals.filter(({ shadow }) => shadow).map(({ workload }) => workload),
    );
    const missing = mirrored.includes("none")
      ? copies.length > 0
      : !mirrored.every((name) => copies.some((id) => named(name, id, workloads)));
    return missing ? [{ expected: `a copy to ${mirrored.join(" and ")}`, seen: counted(copies) || "no copy" }] : [];
  },
];

function shares({ share, tolerance }: Expectation, all: readonly Observation[], workloads: Workloads): Mismatch[] {
  return Object.entries(share ?? {}).flatMap(([name, percent]) => {
    const n = all.length;
    const count = all.filter((seen) => {
      const status = /^\d{3}$/.test(name) && String(resultOf(seen)) === name;
      return status || named(name, answeredBy(seen)?.workload, workloads);
    }).length;
    const exact = (percent / 100) * n;
    const points = ((tolerance ?? 0) / 100) * n;
    const band =
      tolerance && percent > 0 && percent < 100
        ? { low: exact - points, high: exact + points }
        : binomialBand(n, percent / 100);
    if (count >= band.low && count <= band.high) return [];
    const [low, high] = [Math.round((band.low / n) * 100), Math.round((band.high / n) * 100)];
    return [
      {
        expected: `${percent} % by ${name} (${low} to ${high} % of ${n} requests)`,
        seen: `${Math.round((count / n) * 100)} %: ${counted(all.map(summaryOf))}`,
      },
    ];
  });
}

/** Compares what was observed with what a case expects. An observation that says nothing about the mesh is never a pass. */
export function judge({ expect }: Case, all: readonly Observation[], workloads: Workloads): Judgement {
  const seen = counted(all.map(summaryOf));
  const unclear = all.find(({ answer }) => answer.failure === "unclear");
  if (all.length === 0 || unclear)
    return { outcome: "unknown", mismatches: [], seen: unclear?.answer.detail ?? "no request was sent" };
  const mismatches = rules.flatMap((rule) => rule(expect, all, workloads));
  return { outcome: mismatches.length === 0 ? "pass" : "fail", mismatches, seen };
}
