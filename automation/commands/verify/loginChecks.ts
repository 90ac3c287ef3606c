import { type AppResponse, getFrom } from "../../../host/http";
import { callbackUrl, hasLogin } from "../../../model/security/login";
import { parseUrl } from "../../../model/url";
import { publishedTarget } from "../../stack/runningEnvironment";
import type { Check, CheckContext } from "./check";

/** The answer to a request without a token. */
function request(
  context: CheckContext,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<AppResponse> {
  return getFrom({ ...publishedTarget(context), path, headers });
}

/** True if an answer redirects to the login. */
const sentToLogin = ({ settings }: CheckContext, { status, location = "" }: AppResponse): boolean =>
  status === 302 &&
  parseUrl(location)?.searchParams.get("client_id") === settings.loginClient &&
  parseUrl(location)?.searchParams.get("redirect_uri") === callbackUrl(settings);

/** True if the app may have answered. Rejections by the gateway also have the route's headers. */
const reached = (context: CheckContext, answer: AppResponse): boolean =>
  answer.subset !== undefined && ![401, 403].includes(answer.status) && !sentToLogin(context, answer);

const check = (id: string, title: string, run: Check["run"]): Check => ({
  step: 10,
  ...{ id, title, run },
  section: "curl-at-the-ingress",
  when: hasLogin,
});

/** Paths that oauth2-proxy answers without a login, and paths that resemble them. */
const around = [
  "/robots.txt",
  "/oauth2/sign_in",
  "/oauth2/ping",
  "/oauth2/ready",
  "/oauth2/%2e%2e/",
  "/ping",
  "/ready",
];

/** Checks of the login at the ingress gateway. They run only if a login is configured. */
export const loginChecks: readonly Check[] = [
  check("login-browser", "a browser without a token is redirected to the login", async (context) => {
    const answer = await request(context, "/", { accept: "text/html" });
    const evidence = `${answer.status}${answer.location ? ` to ${answer.location.split("?")[0]}` : ""}`;
    return { passed: sentToLogin(context, answer), evidence };
  }),
  check("login-program", "a program without a token is rejected", async (context) => {
    const { status } = await request(context, "/", { accept: "application/json" });
    return { passed: status === 401, evidence: String(status) };
  }),
  check("login-paths", "no path bypasses the login", async (context) => {
    const answers = await Promise.all(around.map(async (path) => ({ path, answer: await request(context, path) })));
    const open = answers.filter(({ answer }) => reached(context, answer)).map(({ path }) => path);
    return { passed: open.length === 0, evidence: open.length === 0 ? `${around.length} tried` : open.join(", ") };
  }),
  check("login-prefix", "a header that only begins like a token is rejected", async (context) => {
    const shown = ["Bearer", "Bearer ", "bearer x", "BearerX"];
    const answers = await Promise.all(shown.map((authorization) => request(context, "/", { authorization })));
    const statuses = answers.map(({ status }) => status);
    return { passed: !answers.some((answer) => reached(context, answer)), evidence: statuses.join(", ") };
  }),
];
