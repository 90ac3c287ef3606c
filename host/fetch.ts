/** Limits of one download, in seconds. */
export interface FetchLimits {
  /** From the request to the last byte. @default 60 */
  readonly seconds?: number;
  /** Without a byte received. @default 30 */
  readonly stalled?: number;
}

const proxyNames = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];

/** Name of the environment variable that sets a proxy; undefined if none does. */
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
  const controller = new AbortController();
  const abortWith = (reason: string) => () => controller.abort(new Error(reason));
  const total = setTimeout(abortWith(`not complete after ${seconds} s`), seconds * 1000);
  let idle = setTimeout(abortWith(`no data for ${stalled} s`), stalled * 1000);
  const variable = proxyVariable();
  const proxyNote = variable ? `, with the proxy of ${variable}` : "";
  const failureOf = (error: unknown) =>
    new Error(
      controller.signal.aborted
        ? `${url}: ${(controller.signal.reason as Error).message}${proxyNote}`
        : `${url} cannot be reached (${reasonOf(error)})${proxyNote}; fix: the network, or HTTPS_PROXY if this machine needs a proxy`,
    );
  try {
    const response = await fetchWithProxy(url, { headers, signal: controller.signal });
    if (!response.ok) throw new ErrorResponse(`${url} answers ${response.status}${proxyNote}`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      clearTimeout(idle);
      idle = setTimeout(abortWith(`no data for ${stalled} s`), stalled * 1000);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw error instanceof ErrorResponse ? error : failureOf(error);
  } finally {
    clearTimeout(total);
    clearTimeout(idle);
  }
}

/** A response with an error status. Its message is complete, and a failure to reach the server is another error. */
class ErrorResponse extends Error {}
