import type { Expectation } from "../format/cases";
import {
  type Arrival,
  answeredBy,
  arrivalOf,
  type Observation,
  peerOf,
  resultOf,
  triesOf,
} from "../requests/observation";
import { attemptsHold, headerHolds, peerHolds, secondsHold } from "./comparisons";
import { isWorkload, summaryOf, type Workloads } from "./summary";

/** Check of a property that every request of a case must have. */
export interface RequestCheck {
  readonly expected: string;
  readonly read: (observation: Observation) => string;
  readonly holds: (observation: Observation) => boolean;
}

type Checks<Value> = (value: Value, workloads: Workloads) => RequestCheck[];

/** A check of a text in the answer that the caller received. */
const answered = (expected: string, read: RequestCheck["read"], holds: (text: string) => boolean): RequestCheck[] => [
  { expected, read, holds: (observation) => holds(read(observation)) },
];

/** A check of a text that the request has at the workload; it fails if no workload received the request. */
function arrived<T>(expected: string, read: (arrival: Arrival) => T, holds: (value: T) => boolean): RequestCheck[] {
  return [
    {
      expected,
      read: (observation) => {
        const arrival = arrivalOf(observation);
        return arrival ? String(read(arrival) ?? "absent") : "no workload received it";
      },
      holds: (observation) => {
        const arrival = arrivalOf(observation);
        return arrival !== undefined && holds(read(arrival));
      },
    },
  ];
}

function header(observation: Observation, name: string): string | undefined {
  const value = observation.answer.headers?.[name];
  return value === undefined ? undefined : [value].flat().join(", ");
}

const protocolOf = ({ http = "" }: Arrival): string => (http ? `HTTP/${http.replace(/\.0$/, "")}` : "TCP");

type Headers = NonNullable<Expectation["requestHeaders"]>;
const eachHeader = (headers: Headers, check: (name: string, wanted: string) => RequestCheck[]): RequestCheck[] =>
  Object.entries(headers).flatMap(([name, wanted]) => check(name, wanted));

/** The checks of each key of an expectation about single requests. */
const requestChecks: { readonly [Key in keyof Expectation]?: Checks<NonNullable<Expectation[Key]>> } = {
  status: (status) => [
    {
      expected: `status ${status.join(" or ")}`,
      read: summaryOf,
      holds: (observation) => status.some((wanted) => wanted === resultOf(observation)),
    },
  ],
  by: (by, workloads) => [
    {
      expected: `by ${by.join(" or ")}`,
      read: summaryOf,
      holds: (observation) => by.some((name) => isWorkload(name, answeredBy(observation)?.workload, workloads)),
    },
  ],
  notBy: (notBy, workloads) => [
    {
      expected: `not by ${notBy.join(" or ")}`,
      read: summaryOf,
      holds: (observation) => !notBy.some((name) => isWorkload(name, answeredBy(observation)?.workload, workloads)),
    },
  ],
  path: (path) =>
    arrived(
      `path ${path}`,
      (arrival) => arrival.path,
      (value) => value === path,
    ),
  host: (host) =>
    arrived(
      `host ${host}`,
      ({ headers }) => headers["host"] ?? headers[":authority"] ?? "",
      (value) => value === host,
    ),
  requestHeaders: (headers) =>
    eachHeader(headers, (name, wanted) =>
      arrived(
        `request header ${name}: ${wanted}`,
        ({ headers: arrived }) => arrived[name],
        (value) => headerHolds(wanted, value),
      ),
    ),
  responseHeaders: (headers) =>
    eachHeader(headers, (name, wanted) => [
      {
        expected: `response header ${name}: ${wanted}`,
        read: (observation) => header(observation, name) ?? "absent",
        holds: (observation) => headerHolds(wanted, header(observation, name)),
      },
    ]),
  location: (location) =>
    answered(
      `location ${location}`,
      (observation) => header(observation, "location") ?? "none",
      (value) => value === location,
    ),
  notLocation: (location) =>
    answered(
      `no redirect to ${location}`,
      (observation) => header(observation, "location") ?? "none",
      (value) => value !== location,
    ),
  body: (body) => [
    {
      expected: `body with ${JSON.stringify(body)}`,
      read: ({ answer }) => (answer.body ?? "").slice(0, 100),
      holds: ({ answer }) => (answer.body ?? "").includes(body),
    },
  ],
  grpcStatus: (status) =>
    answered(
      `gRPC status ${status}`,
      ({ answer }) => String(answer.grpcStatus ?? answer.status ?? answer.failure),
      (value) => value === String(status),
    ),
  attempts: (attempts) => [
    {
      expected: `${attempts} arrivals at a workload`,
      read: (observation) => `${triesOf(observation).length} arrivals`,
      holds: (observation) => attemptsHold(attempts, triesOf(observation).length),
    },
  ],
  seconds: (seconds) => [
    {
      expected: `seconds ${seconds}`,
      read: ({ answer }) => (answer.ms / 1000).toFixed(1),
      holds: ({ answer }) => secondsHold(seconds, answer.ms / 1000),
    },
  ],
  peer: (peer) => arrived(`peer ${peer}`, peerOf, (value) => peerHolds(peer, value)),
  tls: (tls) =>
    arrived(
      `${tls ? "over" : "without"} TLS`,
      (arrival) => arrival.tls,
      (value) => value === tls,
    ),
  protocol: (protocol) => arrived(`protocol ${protocol}`, protocolOf, (value) => value === protocol),
  certificate: (names) => [
    {
      expected: `certificate for ${names.join(", ")}`,
      read: ({ answer }) => answer.certificate?.names.join(", ") ?? "none",
      holds: ({ answer }) => names.every((name) => answer.certificate?.names.includes(name)),
    },
  ],
};

/** All checks of an expectation. */
export const checksOf = (expect: Expectation, workloads: Workloads): RequestCheck[] =>
  (Object.keys(requestChecks) as (keyof Expectation)[]).flatMap((key) => {
    const value = expect[key];
    // the table pairs each key with the type of its value, which the index loses
    return value === undefined ? [] : (requestChecks[key] as Checks<unknown>)(value, workloads);
  });
