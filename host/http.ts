import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type RequestOptions as PlainOptions,
  request as plain,
} from "node:http";
import { Agent, type RequestOptions, request as secure } from "node:https";
import { subsetHeader, weightHeader } from "../model/names";

export interface AppResponse {
  readonly status: number;
  readonly location?: string;
  /** Subset that answered, if the gateway names it in a header. */
  readonly subset?: string;
  /** Weight by which the gateway routed, if the gateway names it in a header. */
  readonly weight?: number;
  /** Cookies that the answer sets. */
  readonly cookies?: readonly string[];
  readonly body: string;
}

/** Address and protocol of a request. The host name is never resolved. */
export interface Target {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** @default "/" */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** HTTPS where it is set, with the CA to trust. */
  readonly tls?: { readonly ca?: string; readonly agent?: Agent };
}

/** Time limit of a request, and the signal that aborts it. */
export interface RequestLimits {
  /** Milliseconds from the first byte sent to the last byte received. @default 5000 */
  readonly deadline?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A whole response. */
export interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Failure of a request that has no complete response, with how far the request came. */
export class IncompleteExchange extends Error {
  override name = "IncompleteExchange";
  constructor(
    message: string,
    /** False if the connection was never established, so that no server has seen the request. */
    readonly sent: boolean,
    /** Headers of a response that began and did not end. */
    readonly headers?: IncomingHttpHeaders,
    /** Node's code of the error, such as ECONNREFUSED. */
    readonly code?: string,
  ) {
    super(message);
  }
}

/** Deadline of a request in milliseconds, where its caller sets none. */
const defaultDeadline = 5000;

/**
 * Sends a request and resolves with its whole response. Always settles.
 *
 * Node's own `timeout` counts only idle time, and Node reports a response that is cut off on the response and not on
 * the request. So a server that trickles or closes early would leave the promise pending.
 *
 * @throws IncompleteExchange when the connection fails, the response is cut off, the deadline passes or the signal aborts
 */
export function exchange(
  call: ClientRequest,
  { body, deadline = defaultDeadline, signal }: RequestLimits & { readonly body?: string | undefined } = {},
): Promise<Response> {
  return new Promise((resolve, reject) => {
    let settled = false;
    const settle = () => {
      settled = true;
      clearTimeout(late);
      signal?.removeEventListener("abort", abort);
    };
    let sent = false;
    let headers: IncomingHttpHeaders | undefined;
    call.on("socket", (socket) => {
      sent = call.reusedSocket;
      const connected = call.protocol === "https:" ? "secureConnect" : "connect";
      if (!sent)
        socket.once(connected, () => {
          sent = true;
        });
    });
    const fail = ({ message, code }: NodeJS.ErrnoException) => {
      // the request also closes after a complete response, and its connection is then kept for the next one
      if (settled) return;
      settle();
      reject(new IncompleteExchange(message, sent, headers, code));
      call.destroy();
    };
    const late = setTimeout(() => fail(new Error(`no complete answer in ${deadline / 1000} s`)), deadline);
    const abort = () => fail(new Error("interrupted"));
    call.on("error", fail);
    let cutOff = "the connection was closed without an answer";
    call.on("close", () => fail(new Error(cutOff)));
    call.on("response", (response) => {
      const chunks: Buffer[] = [];
      headers = response.headers;
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      cutOff = "the answer was cut off";
      response.on("error", () => fail(new Error(cutOff)));
      response.on("end", () => {
        settle();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort);
    call.end(body);
  });
}

/** Sends one GET to a URL, whose host name this machine resolves. */
export const getUrl = (url: string, limits: RequestLimits = {}): Promise<Response> =>
  exchange((url.startsWith("https:") ? secure : plain)(url, { agent: false }), limits);

/** Sends one GET over a new connection, unless the target has an agent. */
export async function getFrom(target: Target, limits: RequestLimits = {}): Promise<AppResponse> {
  const { host, address, port, tls, headers, path = "/" } = target;
  const options: PlainOptions & RequestOptions = {
    host: address,
    port,
    path,
    headers: { host: port === (tls ? 443 : 80) ? host : `${host}:${port}`, ...headers },
    // Node's global agent keeps connections: two requests over one connection reach one gateway
    agent: false,
  };
  const call = tls ? secure({ ...options, servername: host, ...tls }) : plain(options);
  const response = await exchange(call, limits);
  const text = (name: string) => response.headers[name]?.toString();
  const [location, subset, weight] = [text("location"), text(subsetHeader), text(weightHeader)];
  const cookies = response.headers["set-cookie"];
  return {
    status: response.status,
    ...(location && { location }),
    ...(subset && { subset }),
    ...(weight && { weight: Number(weight) }),
    ...(cookies && { cookies }),
    body: response.body,
  };
}

/** Key under which a response is counted: the version in its body, or its status. */
const versionOf = ({ status, body }: AppResponse): string =>
  status === 200 ? (/^Version: (\S+)/m.exec(body)?.[1] ?? "none") : `status ${status}`;

/** Number of responses of each kind to `requests` requests over 20 connections. */
export async function countResponses(
  target: Target & { tls: { ca: string } },
  requests: number,
  kind: (answer: AppResponse) => string = versionOf,
): Promise<Map<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const counts = new Map<string, number>();
  let left = requests;
  const worker = async () => {
    while (left-- > 0) {
      const key = kind(await getFrom({ ...target, tls: { ...target.tls, agent } }));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 20 }, worker));
  agent.destroy();
  return counts;
}
