import type { AccessEntry } from "../requests/accessLog";
import { urlParts } from "../requests/urls";
import { type Context, hostHeader, isInbound, methodOf, pathOf, sentTo, serviceSentTo } from "./context";

/** A request as a workload or a gateway receives it. */
export interface ArrivingRequest {
  /** Identity of the peer without `spiffe://`; empty for plain text, undefined if it is unknown. */
  readonly principal: string | undefined;
  readonly namespace: string | undefined;
  /** ISSUER/SUBJECT of a valid token; undefined if it has none. */
  readonly requestPrincipal: string | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  /** Port of the pod on which the request arrives, which is not the Service's; undefined if it is unknown. */
  readonly port: number | undefined;
  /** Address of the pod; undefined if no log has it. */
  readonly ownAddress: string | undefined;
  /** Address of the direct peer, which `ipBlocks` and `source.ip` mean; undefined if no log has it. */
  readonly address: string | undefined;
  /** Address that `remoteIpBlocks` and `remote.ip` mean; undefined if it is unknown. */
  readonly remoteAddress: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Server name of the TLS handshake; undefined if no log has it. */
  readonly sni: string | undefined;
}

type Addresses = Pick<ArrivingRequest, "port" | "ownAddress" | "address" | "remoteAddress" | "sni">;

/** Address and port of a text such as 10.42.0.9:8080 or [fd00::9]:8080; undefined for an empty one. */
function endpoint(text: string | undefined): { address: string; port: number } | undefined {
  const [, address, port] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(text ?? "") ?? [];
  return address === undefined ? undefined : { address, port: Number(port) };
}

/** Number of trusted proxies in front of the gateway: none, unless an EnvoyFilter or an annotation of its pods says so. */
const trustedProxies = ({ objects }: Context): number =>
  Number(/(?:xff_num_trusted_hops|numTrustedProxies)\W+(\d+)/.exec(JSON.stringify(objects))?.[1] ?? 0);

const forwardedFor = ({ testCase }: Context): string[] =>
  (testCase.request.headers?.["x-forwarded-for"] ?? "").split(/ *, */).filter(Boolean);

/** Addresses of a request at a gateway. Its client address is counted in x-forwarded-for from the right, else the peer's. */
function atGateway(context: Context, entry: AccessEntry | undefined): Addresses {
  const hops = trustedProxies(context);
  const forwarded = forwardedFor(context);
  const logged = endpoint(entry?.downstream)?.address;
  const sender = endpoint(context.observation.answer.local)?.address;
  // with trusted proxies, the log has the client's address in place of the peer's
  const address = hops === 0 ? (logged ?? sender) : sender;
  return {
    port: endpoint(entry?.local)?.port ?? urlParts(context.testCase.request.url).port,
    ownAddress: endpoint(entry?.local)?.address,
    address,
    remoteAddress: logged ?? (hops > 0 && forwarded.length >= hops ? forwarded.at(-hops) : address),
    sni: entry?.sni,
  };
}

/** Port of the pod behind the Service port of Envoy's cluster (`targetPort`). Undefined for a named one. */
function targetPort(context: Context): number | undefined {
  const port = sentTo(context)?.port;
  const target = serviceSentTo(context)?.ports.find(({ number }) => number === port)?.target;
  return typeof target === "number" ? target : undefined;
}

/** Addresses of a request at a workload. Its proxy takes the last address of x-forwarded-for for the client's. */
function atWorkload(context: Context, entry: AccessEntry | undefined): Addresses {
  const { caller, observation } = context;
  const before = observation.log.filter((candidate) => !isInbound(candidate)).at(-1);
  const logged = endpoint(entry?.downstream)?.address;
  const sender = caller.outside ? undefined : endpoint(observation.answer.local)?.address;
  const forwarded = forwardedFor(context);
  const isPeer = !caller.outside && !(logged && forwarded.includes(logged));
  const address = endpoint(before?.upstreamLocal)?.address ?? sender ?? (isPeer ? logged : undefined);
  const inbound = /^inbound\|(\d+)\|/.exec(entry?.cluster ?? "")?.[1];
  return {
    port: endpoint(entry?.local)?.port ?? targetPort(context) ?? (inbound === undefined ? undefined : Number(inbound)),
    ownAddress: endpoint(entry?.local)?.address,
    address,
    remoteAddress: logged ?? (caller.outside ? undefined : (forwarded.at(-1) ?? address)),
    sni: entry?.sni,
  };
}

/** The request of a case on its arrival at the gateway that it comes through, or at a workload. */
export function arrivingOf(
  context: Context,
  where: {
    readonly principal: string | undefined;
    readonly isGateway: boolean;
    readonly issuer: string;
  },
): ArrivingRequest {
  const { principal, isGateway, issuer } = where;
  const { request } = context.testCase;
  const { token } = request;
  const valid = token && !token.expired && !token.forged;
  const entry = context.observation.log.find((candidate) => isInbound(candidate) !== isGateway);
  return {
    principal,
    namespace: principal === undefined ? undefined : (/\/ns\/([^/]+)\//.exec(principal)?.[1] ?? ""),
    requestPrincipal: valid ? `${token.issuer ?? issuer}/${token.subject ?? "test"}` : undefined,
    claims: valid
      ? { iss: token.issuer ?? issuer, sub: token.subject ?? "test", aud: token.audience, ...token.claims }
      : {},
    method: methodOf(context),
    path: pathOf(context),
    host: hostHeader(context),
    headers: request.headers ?? {},
    ...(isGateway ? atGateway(context, entry) : atWorkload(context, entry)),
  };
}
