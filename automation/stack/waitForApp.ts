import { type AppResponse, getFrom, type Target } from "../../host/http";
import { poll } from "../../host/wait";

/** Seconds that a new route may take from the API server to the ingress gateway. */
const routeSeconds = 30;

/** An app may answer 404 at its root. The response header then still names the version that did. */
const isFromApp = ({ status, subset }: AppResponse): boolean =>
  status < 500 && (status !== 404 || subset !== undefined);

/**
 * Requests the app until it answers.
 *
 * @param seconds - time limit
 * @returns the reason why it does not answer, or undefined if it does
 */
export const waitForApp = (target: Target, seconds = routeSeconds): Promise<string | undefined> =>
  poll(
    seconds,
    () =>
      getFrom(target).then(
        (answer) => (isFromApp(answer) ? undefined : `it answers ${answer.status}`),
        ({ code, message }: NodeJS.ErrnoException) => message || code,
      ),
    (reason) => reason === undefined,
  );
