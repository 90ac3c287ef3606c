import { type Answer, get } from "../../../host/http";
import { callbackUrl, hasLogin } from "../../../model/security/login";
import { parseUrl } from "../../../model/url";
import { published } from "../../stack/running";
import type { Check, Seen, Subject } from "./check";

/** The answer to who shows no token. */
function ask(subject: Subject, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return get({ ...published(subject), path, headers });
}

/** Whether an answer sends who asked to log in. */
const sentToLogin = ({ settings }: Subject, { status, location = "" }: Answer): boolean =>
  status === 302 &&
  parseUrl(location)?.searchParams.get("client_id") === settings.loginClient &&
  parseUrl(location)?.searchParams.get("redirect_uri") === callbackUrl(settings);

/** Whether the app may have answered: the route's headers are on the gateway's own refusals too. */
const reached = (subject: Subject, answer: Answer): boolean =>
  answer.subset !== undefined && ![401, 403].includes(answer.status) && !sentToLogin(subject, answer);

const check = (name: string, see: (subject: Subject) => Promise<Seen>): Check => ({
  step: 10,
  name,
  when: hasLogin,
  see,
});

/** Paths that oauth2-proxy answers without asking who it is, and such as look like them. */
const around = [
  "/robots.txt",
  "/oauth2/sign_in",
  "/oauth2/ping",
  "/oauth2/ready",
  "/oauth2/%2e%2e/",
  "/ping",
  "/ready",
];

/** Steps for the login at the door, where one is asked for. */
export const loginChecks: readonly Check[] = [
  check("a browser without a token is sent to log in", async (subject) => {
    const answer = await ask(subject, "/", { accept: "text/html" });
    const evidence = `${answer.status}${answer.location ? ` to ${answer.location.split("?")[0]}` : ""}`;
    return { holds: sentToLogin(subject, answer), evidence };
  }),
  check("a program without a token is refused", async (subject) => {
    const { status } = await ask(subject, "/", { accept: "application/json" });
    return { holds: status === 401, evidence: String(status) };
  }),
  check("no path leads around the login", async (subject) => {
    const answers = await Promise.all(around.map(async (path) => ({ path, answer: await ask(subject, path) })));
    const open = answers.filter(({ answer }) => reached(subject, answer)).map(({ path }) => path);
    return { holds: open.length === 0, evidence: open.length === 0 ? `${around.length} tried` : open.join(", ") };
  }),
  check("what only begins as a token does opens nothing", async (subject) => {
    const shown = ["Bearer", "Bearer ", "bearer x", "BearerX"];
    const answers = await Promise.all(shown.map((authorization) => ask(subject, "/", { authorization })));
    const statuses = answers.map(({ status }) => status);
    return { holds: !answers.some((answer) => reached(subject, answer)), evidence: statuses.join(", ") };
  }),
];
