import { generateKeyPairSync } from "node:crypto";
import { getFrom } from "../../../host/http";
import { hasLogin } from "../../../model/security/login";
import { adminGroup, adminPath, adminSpellings } from "../../../model/security/tokens";
import { issueToken, type TokenClaims } from "../../stack/issueToken";
import { publishedTarget } from "../../stack/runningEnvironment";
import type { Check, CheckContext } from "./check";

/** Status of a request with a token, or without one. */
async function status(context: CheckContext, token: string | undefined, path = "/"): Promise<number> {
  const { headers: _, ...target } = publishedTarget(context);
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await getFrom({ ...target, path, headers })).status;
}

const issue = ({ tokenKey, settings }: CheckContext, claims: Omit<TokenClaims, "domain"> = {}): Promise<string> =>
  issueToken(tokenKey, { domain: settings.domain, ...claims });

/** A token that is valid but for its signer. */
const forged = ({ settings }: CheckContext): Promise<string> => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return issueToken(privateKey.export({ type: "pkcs8", format: "pem" }).toString(), { domain: settings.domain });
};

const check = (
  id: string,
  title: string,
  wanted: number,
  request: (context: CheckContext) => Promise<number>,
): Check => ({
  step: 10,
  ...{ id, title },
  section: "curl-at-the-ingress",
  when: ({ tokens }) => tokens,
  run: async (context) => {
    const received = await request(context);
    return { passed: received === wanted, evidence: String(received) };
  },
});

/** Checks of tokens at the ingress; made if it requires them. */
export const tokenChecks: readonly Check[] = [
  {
    ...check("token-none", "a request without a token is rejected", 403, (context) => status(context, undefined)),
    when: (settings) => settings.tokens && !hasLogin(settings),
  },
  check("token-forged", "a token that another key signed is rejected", 401, async (context) =>
    status(context, await forged(context)),
  ),
  check("token-expired", "a token that has expired is rejected", 401, async (context) =>
    status(context, await issue(context, { minutes: -5 })),
  ),
  check("token-valid", "a request with a token is accepted", 200, async (context) =>
    status(context, await issue(context)),
  ),
  check("token-no-group", `${adminPath} rejects a token without a group`, 403, async (context) =>
    status(context, await issue(context), adminPath),
  ),
  {
    step: 10,
    id: "token-spellings",
    section: "curl-at-the-ingress",
    title: `no other spelling of ${adminPath} gets past its policy`,
    when: ({ tokens }) => tokens,
    run: async (context) => {
      const token = await issue(context);
      const statuses = await Promise.all(adminSpellings.map((path) => status(context, token, path)));
      const answers = adminSpellings.map((path, i) => `${path} ${statuses[i]}`);
      return { passed: statuses.every((code) => code === 403), evidence: answers.join(", ") };
    },
  },
  check("token-group", `${adminPath} accepts a token of the group ${adminGroup}`, 200, async (context) =>
    status(context, await issue(context, { group: adminGroup }), adminPath),
  ),
];
