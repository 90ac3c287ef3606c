import { parseJson } from "../../json";
import type { Failure } from "../format/shapes";
import type { AccessEntry } from "./accessLog";

/** Answer that the caller received for one request. */
export interface Answer {
  readonly id: string;
  /** Milliseconds since 1970 at which it was sent. */
  readonly begun: number;
  /** Address and port of the caller on its connection; undefined if there was none. */
  readonly local?: string;
  readonly ms: number;
  readonly status?: number;
  /** `unclear`: it failed in a way that says nothing about the mesh. */
  readonly failure?: Failure | "unclear";
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  readonly grpcStatus?: number;
  readonly certificate?: { readonly names: readonly string[] };
}

/** Request that a stand-in received. */
export interface Arrival {
  readonly id: string;
  readonly workload: string;
  readonly pod: string;
  readonly arrival: number;
  /** True for a copy by a mirror. */
  readonly shadow: boolean;
  readonly method: string;
  readonly path: string;
  readonly tls: boolean;
  /** Version of HTTP, such as 1.1; empty for TCP. */
  readonly http?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Everything that is known of one request. */
export interface Observation {
  readonly answer: Answer;
  readonly arrivals: readonly Arrival[];
  /** Lines of the proxies on its way, the caller's first. */
  readonly log: readonly AccessEntry[];
}

/** Workload that answered, as the answer says; undefined if a proxy answered. */
export function answeredBy({ answer }: Observation): { workload: string; pod: string; arrival: number } | undefined {
  return parseJson(String(answer.headers?.["x-trial-answer"]));
}

/** Requests that stand-ins received, without the copies of mirrors: one for each try. */
export const triesOf = ({ arrivals }: Observation): Arrival[] => arrivals.filter(({ shadow }) => !shadow);

/** The arrival that was answered, else the last one that was no copy. */
export function arrivalOf(observation: Observation): Arrival | undefined {
  const tries = triesOf(observation);
  const by = answeredBy(observation);
  return tries.find(({ workload, arrival }) => workload === by?.workload && arrival === by.arrival) ?? tries.at(-1);
}

/** Identity of the peer that the workload's sidecar saw, from the last element of x-forwarded-client-cert. */
export function peerOf({ headers }: Arrival): string {
  const elements = (headers["x-forwarded-client-cert"] ?? "").split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
  return /(?:^|;)URI=([^;]+)/.exec(elements.at(-1) ?? "")?.[1] ?? "none";
}

/** A status, or how the request failed. */
export const resultOf = ({ answer }: Observation): number | string => answer.status ?? answer.failure ?? "unclear";
