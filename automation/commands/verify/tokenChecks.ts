import { generateKeyPairSync } from "node:crypto";
import { get } from "../../../host/http";
import { hasLogin } from "../../../model/security/login";
import { adminGroup, adminPath, adminSpellings } from "../../../model/security/tokens";
import { issueToken, type TokenClaims } from "../../stack/issueToken";
import { published } from "../../stack/running";
import type { Check, Subject } from "./check";

/** Status that the door answers with to who shows a token, or none. */
async function status(subject: Subject, token: string | undefined, path = "/"): Promise<number> {
  const { headers: _, ...target } = published(subject);
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await get({ ...target, path, headers })).status;
}

const issue = ({ tokenKey, settings }: Subject, claims: Omit<TokenClaims, "domain"> = {}): Promise<string> =>
  issueToken(tokenKey, { domain: settings.domain, ...claims });

/** A token that is right in all but who signed it. */
const forged = ({ settings }: Subject): Promise<string> => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return issueToken(privateKey.export({ type: "pkcs8", format: "pem" }).toString(), { domain: settings.domain });
};

const check = (name: string, wanted: number, ask: (subject: Subject) => Promise<number>): Check => ({
  step: 10,
  name,
  when: ({ tokens }) => tokens,
  see: async (subject) => {
    const seen = await ask(subject);
    return { holds: seen === wanted, evidence: String(seen) };
  },
});

/** Steps for tokens at the door, where they are asked for. */
export const tokenChecks: readonly Check[] = [
  {
    ...check("nobody gets in without a token", 403, (subject) => status(subject, undefined)),
    when: (settings) => settings.tokens && !hasLogin(settings),
  },
  check("a token that another key signed is refused", 401, async (subject) => status(subject, await forged(subject))),
  check("a token that has expired is refused", 401, async (subject) =>
    status(subject, await issue(subject, { minutes: -5 })),
  ),
  check("who has a token gets in", 200, async (subject) => status(subject, await issue(subject))),
  check(`${adminPath} is closed to who is in no group`, 403, async (subject) =>
    status(subject, await issue(subject), adminPath),
  ),
  {
    step: 10,
    name: `no other spelling of ${adminPath} gets past its policy`,
    when: ({ tokens }) => tokens,
    see: async (subject) => {
      const token = await issue(subject);
      const statuses = await Promise.all(adminSpellings.map((path) => status(subject, token, path)));
      const answers = adminSpellings.map((path, i) => `${path} ${statuses[i]}`);
      return { holds: statuses.every((code) => code === 403), evidence: answers.join(", ") };
    },
  },
  check(`${adminPath} is open to ${adminGroup}`, 200, async (subject) =>
    status(subject, await issue(subject, { group: adminGroup }), adminPath),
  ),
];
