// @ts-check
/** Sends one request. Returns the answer, or the failure. */
import { certificateOf, connect } from "./connection.mjs";
import { http1, http2Request, tcp } from "./exchanges.mjs";

/** @typedef {import("./connection.mjs").Planned} Planned */

/** Failure of a request, as the test format names it. @param {NodeJS.ErrnoException & { before?: string }} error */
function failureOf({ code = "", message, before }) {
  if (before === "tls") return "tls-error";
  if (code === "ETIMEDOUT" || code === "ABORT") return "timeout";
  if (["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"].includes(code)) return "refused";
  if (code.startsWith("ERR_SSL") || code === "EPROTO") return "tls-error";
  return /socket hang up|ECONNRESET|EPIPE|closed|other side|Parse Error|ERR_HTTP2/.test(`${code} ${message}`)
    ? "reset"
    : "unclear";
}

/** @param {Planned} planned */
export async function send(planned) {
  const begun = Date.now();
  const { id, url, timeout } = planned;
  const two = planned.http2 || /^grpcs?:/.test(url);
  /** @type {string | undefined} */
  let local;
  /** @type {any} */
  let socket;
  /** @type {ReturnType<typeof certificateOf> | undefined} */
  let certificate;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error(`no answer in ${timeout / 1000} s`), { code: "ABORT" })),
      timeout,
    );
  });
  const exchange = async () => {
    socket = await connect(planned, two ? ["h2"] : ["http/1.1"], (own) => {
      local = own;
    });
    certificate = socket.getPeerCertificate ? certificateOf(socket) : undefined;
    const work = url.startsWith("tcp:") ? tcp : two ? http2Request : http1;
    return { ...(await work(planned, socket)), ...(certificate && { certificate }) };
  };
  try {
    const { answered = Date.now(), ...answer } = await Promise.race([exchange(), late]);
    return { id, begun, local, ms: answered - begun, ...answer };
  } catch (error) {
    const failure = failureOf(/** @type {Error} */ (error));
    const shown = certificate ?? /** @type {{ certificate?: typeof certificate }} */ (error).certificate;
    const detail = /** @type {Error} */ (error).message;
    return { id, begun, local, ms: Date.now() - begun, failure, detail, ...(shown && { certificate: shown }) };
  } finally {
    clearTimeout(timer);
    socket?.destroy();
  }
}
