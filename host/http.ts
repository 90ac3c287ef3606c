import { type RequestOptions as PlainOptions, request as plain } from "node:http";
import { Agent, type RequestOptions, request as secure } from "node:https";
import { subsetHeader, weightHeader } from "../model/names";

export interface Answer {
  readonly status: number;
  readonly location?: string;
  /** Subset that answered, where the gateway tells it. */
  readonly subset?: string;
  /** Weight by which the gateway routed, where it tells it. */
  readonly weight?: number;
  /** Cookies that the answer sets. */
  readonly cookies?: readonly string[];
  readonly body: string;
}

/** Where and how to ask; the host's name is never looked up. */
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

/** One GET. */
export function get({ host, address, port, tls, headers, path = "/" }: Target): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options: PlainOptions & RequestOptions = {
      host: address,
      port,
      path,
      headers: { host: port === (tls ? 443 : 80) ? host : `${host}:${port}`, ...headers },
      timeout: 5000,
    };
    const call = tls ? secure({ ...options, servername: host, ...tls }) : plain(options);
    call.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = (name: string) => response.headers[name]?.toString();
        const [location, subset, weight] = [text("location"), text(subsetHeader), text(weightHeader)];
        const cookies = response.headers["set-cookie"];
        resolve({
          status: response.statusCode ?? 0,
          ...(location && { location }),
          ...(subset && { subset }),
          ...(weight && { weight: Number(weight) }),
          ...(cookies && { cookies }),
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    call.on("timeout", () => call.destroy(new Error("no answer in 5 s")));
    call.on("error", reject);
    call.end();
  });
}

/** What an answer counts as: the version that its body names, or its status. */
const versionOf = ({ status, body }: Answer): string =>
  status === 200 ? (/^Version: (\S+)/m.exec(body)?.[1] ?? "none") : `status ${status}`;

/** How many of `requests` answers were of each kind, asked over 20 connections. */
export async function countAnswers(
  target: Target & { tls: { ca: string } },
  requests: number,
  kind: (answer: Answer) => string = versionOf,
): Promise<Map<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const counts = new Map<string, number>();
  let left = requests;
  const worker = async () => {
    while (left-- > 0) {
      const key = kind(await get({ ...target, tls: { ...target.tls, agent } }));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 20 }, worker));
  agent.destroy();
  return counts;
}
