/**
 * Errors of the API server while an admission webhook is registered but not ready. Their status is 500 for every reason, so
 * only the text of the cause, mostly Go's own, tells a webhook that is starting from one that is broken
 * (https://github.com/kubernetes/kubernetes/blob/v1.36.0/staging/src/k8s.io/apiserver/pkg/util/webhook/error.go).
 */
const starting = [
  // nothing listens yet, or the Service has no endpoint
  /connect: connection refused|connection reset by peer|EOF|no endpoints available|service "[^"]*" not found/,
  // the API server cannot reach the pod's network yet; k3s reaches it by a proxy of its own
  /no route to host|network is unreachable|proxy error|Bad Gateway|Service Unavailable/,
  /context deadline exceeded|i\/o timeout|Client\.Timeout/,
  // the webhook's certificate is not in its configuration yet
  /x509: |tls: |TLS handshake timeout/,
].map((reason) => new RegExp(`failed calling webhook .*(?:${reason.source})`, "s"));

/** Milliseconds before each retry, about a minute and a half in total. */
const waits = [500, 1000, 1000, 2000, 2000, ...Array<number>(17).fill(5000)];

/**
 * Milliseconds to wait before the next attempt, or undefined to give up.
 *
 * MetalLB's webhook rejects requests for seconds after its Pod is Ready (metallb/metallb#1597).
 *
 * @param errors - messages of the failed attempts, newest first
 */
export function retryAfter(errors: readonly string[]): number | undefined {
  return starting.some((message) => message.test(errors[0] ?? "")) ? waits[errors.length - 1] : undefined;
}
