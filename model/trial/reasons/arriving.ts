import { type Context, hostHeader, methodOf, pathOf } from "./context";

/** A request on its arrival at a workload. */
export interface ArrivingRequest {
  /** Identity of the peer without `spiffe://`; empty for plain text, undefined if nothing says it. */
  readonly principal: string | undefined;
  readonly namespace: string | undefined;
  /** ISSUER/SUBJECT of a valid token; undefined if it has none. */
  readonly requestPrincipal: string | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly port: number | undefined;
  /** Address of the direct peer, which `ipBlocks` means; undefined if no log has it. */
  readonly address: string | undefined;
  /** Address that `remoteIpBlocks` means; undefined if the report has no way to know it. */
  readonly remoteAddress: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Server name of the TLS handshake; undefined if no log has it. */
  readonly sni: string | undefined;
}

/** Number of trusted proxies in front of the gateway: none, unless an EnvoyFilter or an annotation of its pods says so. */
const trustedProxies = ({ objects }: Context): number =>
  Number(/(?:xff_num_trusted_hops|numTrustedProxies)\W+(\d+)/.exec(JSON.stringify(objects))?.[1] ?? 0);

/** Client address at a gateway: an entry of x-forwarded-for counted from the right, else the direct peer's address. */
function senderAddress(context: Context, peer: string | undefined): string | undefined {
  const hops = trustedProxies(context);
  const forwarded = (context.testCase.request.headers?.["x-forwarded-for"] ?? "").split(/ *, */).filter(Boolean);
  return hops > 0 && forwarded.length >= hops ? forwarded.at(-hops) : peer;
}

/** Client address at a sidecar: the last entry of x-forwarded-for. Undefined for one that a gateway has changed. */
function senderInMesh({ caller, testCase }: Context, peer: string | undefined): string | undefined {
  if (caller.outside) return undefined;
  return testCase.request.headers?.["x-forwarded-for"]?.split(/ *, */).filter(Boolean).at(-1) ?? peer;
}

/** The request of a case on its arrival. */
export function arrivingOf(
  context: Context,
  where: {
    readonly principal: string | undefined;
    readonly port: number | undefined;
    readonly address: string | undefined;
    readonly atGateway: boolean;
    readonly issuer: string;
    readonly sni: string | undefined;
  },
): ArrivingRequest {
  const { principal, port, address, atGateway, issuer, sni } = where;
  const { request } = context.testCase;
  const { token } = request;
  const valid = token && !token.expired && !token.forged;
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
    port,
    address,
    remoteAddress: atGateway ? senderAddress(context, address) : senderInMesh(context, address),
    headers: request.headers ?? {},
    sni,
  };
}
