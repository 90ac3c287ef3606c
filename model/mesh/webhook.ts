/** Messages of an API server whose admission webhook is installed but does not answer yet. */
const starting = [
  /failed calling webhook .*(connect: connection refused|no endpoints available|context deadline exceeded|EOF)/s,
  /failed calling webhook .*(x509: certificate signed by unknown authority|tls: )/s,
  /failed calling webhook .*(i\/o timeout|no route to host|Service Unavailable)/s,
];

/** Milliseconds before each further try; about a minute and a half together. */
const waits = [500, 1000, 1000, 2000, 2000, ...Array<number>(17).fill(5000)];

/**
 * Milliseconds to wait before the next try, or undefined to give up.
 *
 * MetalLB's webhook refuses for seconds after its Pod is Ready (metallb/metallb#1597).
 *
 * @param errors - messages of the tries so far, newest first
 */
export function retryAfter(errors: readonly string[]): number | undefined {
  return starting.some((message) => message.test(errors[0] ?? "")) ? waits[errors.length - 1] : undefined;
}
