/** Limits of one download, in seconds. */
export interface FetchLimits {
  /** From the request to the last byte. @default 60 */
  readonly seconds?: number;
  /** Without a byte received. @default 30 */
  readonly stalled?: number;
}

const proxyNames = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];

/** The variable that names a proxy; undefined if there is none. */
const proxyVariable = () =>
  [...proxyNames, ...proxyNames.map((name) => name.toLowerCase())].find((name) => process.env[name]);

/** Node's own fetch knows no proxy unless NODE_USE_ENV_PROXY is set, which Node 20 does not read. */
async function fetchWithProxy(url: string, init: { headers: Readonly<Record<string, string>>; signal: AbortSignal }) {
  if (!proxyVariable()) return fetch(url, init);
  const { EnvHttpProxyAgent, fetch: byProxy } = await import("undici");
  return byProxy(url, { ...init, dispatcher: new EnvHttpProxyAgent() });
}

/** Reason of an error of fetch, which wraps it: a code such as ENOTFOUND, else its text. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.code ?? cause?.message ?? message;
}

/**
 * Fetches a whole file, by the proxy of HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
 *
 * @throws Error naming the URL: not reached, not 200, cut off, or not complete in time
 */
export async function fetchFile(
  url: string,
  {
    seconds = 60,
    stalled = 30,
    headers = {},
  }: FetchLimits & { readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Buffer> {
  const ends = new AbortController();
  const abort = (why: string) => () => ends.abort(new Error(why));
  const total = setTimeout(abort(`not complete after ${seconds} s`), seconds * 1000);
  let idle = setTimeout(abort(`no data for ${stalled} s`), stalled * 1000);
  const variable = proxyVariable();
  const way = variable ? `, with the proxy of ${variable}` : "";
  const failed = (error: unknown) =>
    new Error(
      ends.signal.aborted
        ? `${url}: ${(ends.signal.reason as Error).message}${way}`
        : `${url} cannot be reached (${reasonOf(error)})${way}; fix: the network, or HTTPS_PROXY if this machine needs a proxy`,
    );
  try {
    const response = await fetchWithProxy(url, { headers, signal: ends.signal });
    if (!response.ok) throw new Answered(`${url} answers ${response.status}${way}`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      clearTimeout(idle);
      idle = setTimeout(abort(`no data for ${stalled} s`), stalled * 1000);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw error instanceof Answered ? error : failed(error);
  } finally {
    clearTimeout(total);
    clearTimeout(idle);
  }
}

class Answered extends Error {}
