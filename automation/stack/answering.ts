import { setTimeout as pause } from "node:timers/promises";
import { type Answer, get, type Target } from "../../host/http";

/** Milliseconds that a new route may take from the API server to the ingress gateway. */
const patience = 30_000;

/** An app of one's own may have nothing at its root; the gateway then still tells which version said so. */
const answered = ({ status, subset }: Answer): boolean => status < 500 && (status !== 404 || subset !== undefined);

/**
 * Asks the app until it answers.
 *
 * @param limit - milliseconds; @default 30 s
 * @returns why it does not, or undefined where it does
 */
export async function unanswered(target: Target, limit = patience): Promise<string | undefined> {
  for (const until = performance.now() + limit; ; await pause(200)) {
    const why = await get(target).then(
      (answer) => (answered(answer) ? undefined : `it answers ${answer.status}`),
      ({ code, message }: NodeJS.ErrnoException) => message || code,
    );
    if (why === undefined || performance.now() > until) return why;
  }
}
