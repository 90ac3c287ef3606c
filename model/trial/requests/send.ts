import { milliseconds } from "../../duration";
import type { Behaviour, Case, RequestSpec, TokenSpec } from "../format/cases";
import { isNamed, type StandIn } from "../standIns/standIns";
import { agentPrefix } from "./accessLog";
import type { Addresses } from "./destination";
import { defaultPorts, urlParts } from "./urls";

/** A request in the format of the caller's program. */
export interface PlannedRequest {
  readonly id: string;
  readonly url: string;
  readonly method: string;
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly http2?: boolean;
  readonly sni?: string;
  readonly clientCertificate?: "trusted" | "foreign";
  readonly tlsVersion?: RequestSpec["tlsVersion"];
  readonly timeout: number;
}

/** Longest `timeout` of a request, in seconds: proxies' own timeouts are far shorter. */
export const longestTimeout = 120;
/** Bounds of the time in which a caller sends all its requests. */
const [minSeconds, maxSeconds] = [60, 900];

/**
 * Seconds after which a caller has sent everything, if each request takes as long as it may.
 *
 * @param groups - sets of requests that are sent at once, step by step
 * @param parallel - groups that are under way at once
 * @param pause - milliseconds after each step
 */
export function secondsToSend(
  groups: readonly (readonly (readonly Pick<PlannedRequest, "timeout">[])[])[],
  parallel: number,
  pause: number,
): number {
  const groupTimes = groups.map((steps) =>
    steps.reduce((sum, step) => sum + pause + Math.max(0, ...step.map(({ timeout }) => timeout)), 0),
  );
  const longest = groupTimes.reduce((sum, time) => sum + time, 0) / parallel + Math.max(0, ...groupTimes);
  return Math.min(maxSeconds, minSeconds + Math.ceil(longest / 1000));
}

/** Misbehaviour by the exact name of each stand-in, as the request's header carries it. */
function behaviourHeader(given: Case["given"], standIns: readonly StandIn[]): Record<string, string> {
  const behaviours = Object.entries(given).flatMap(([name, { delay, ...behaviour }]: [string, Behaviour]) =>
    standIns
      .filter((standIn) => isNamed(name, standIn))
      .map(({ id }) => [id, { ...behaviour, ...(delay && { delay: milliseconds(delay) }) }] as const),
  );
  return behaviours.length > 0 ? { "x-trial-given": JSON.stringify(Object.fromEntries(behaviours)) } : {};
}

/** Sets of requests of one case: those of a set are sent at once, one set after the other. */
export function stepsOf(ids: readonly string[], concurrent: number): string[][] {
  const steps: string[][] = [];
  for (let i = 0; i < ids.length; i += concurrent) steps.push(ids.slice(i, i + concurrent));
  return steps;
}

/** URL and headers of a request that carries a token. */
function withToken(
  { url, headers = {} }: RequestSpec,
  { header, prefix = "", parameter, cookie }: TokenSpec,
  token: string,
): { url: string; headers?: Record<string, string> } {
  if (parameter) return { url: `${url}${url.includes("?") ? "&" : "?"}${parameter}=${token}` };
  if (header) return { url, headers: { [header.toLowerCase()]: `${prefix}${token}` } };
  if (cookie) return { url, headers: { cookie: [headers["cookie"], `${cookie}=${token}`].filter(Boolean).join("; ") } };
  return { url, headers: { authorization: `Bearer ${token}` } };
}

/** One request of a case, as it is sent. */
export function planRequest(
  id: string,
  { request, given }: Case,
  { address, port }: { address: string; port: number },
  standIns: readonly StandIn[],
  token: Addresses["token"],
): PlannedRequest {
  const { method = "GET", headers = {}, body, http2, sni, clientCertificate, tlsVersion, timeout = "15s" } = request;
  const { scheme, host, port: urlPort } = urlParts(request.url);
  const carried = request.token
    ? withToken(request, request.token, token(request.token))
    : { url: request.url, headers: {} };
  const usual = urlPort === defaultPorts[scheme];
  return {
    id,
    url: carried.url,
    method,
    host: request.host ?? headers["host"] ?? (usual ? host : `${host}:${urlPort}`),
    address,
    port,
    headers: {
      "user-agent": `${agentPrefix}${id}`,
      ...Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "host")),
      ...carried.headers,
      "x-trial-id": id,
      ...behaviourHeader(given, standIns),
    },
    ...(body !== undefined && { body }),
    ...(http2 && { http2 }),
    sni: sni ?? host,
    ...(clientCertificate && { clientCertificate }),
    ...(tlsVersion && { tlsVersion }),
    timeout: milliseconds(timeout),
  };
}
