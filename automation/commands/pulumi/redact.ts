import { parseJson } from "../../../model/json";

/** Replaces a secret. */
const mark = "[secret]";

/**
 * Texts that look like secrets, whatever their source: private keys, complete or cut off, with plain or escaped line ends;
 * keys and certificates in Base64, as in kubeconfigs and Secrets; signed tokens.
 */
const patterns = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\\+[rn]|[\sA-Za-z0-9+/=])*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g,
  /LS0tLS1CRUdJTi[A-Za-z0-9+/]*={0,2}/g,
  /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g,
];

/** Every text in a value, also in JSON within a text. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") {
    const inner = /^\s*[[{"]/.test(value) ? parseJson<unknown>(value) : undefined;
    return [value, ...(inner === undefined || inner === value ? [] : textsIn(inner))];
  }
  return value && typeof value === "object" ? Object.values(value).flatMap(textsIn) : [];
}

/** Length below which a secret is replaced only as a whole word, because other words may contain it. */
const shortest = 6;

/** The text that a Base64 text encodes; undefined if it is not Base64 of printable text. */
function decodeBase64(text: string): string | undefined {
  if (!/^[A-Za-z0-9+/]{4,}={0,2}$/.test(text)) return undefined;
  const plain = Buffer.from(text, "base64").toString();
  const same = Buffer.from(plain).toString("base64").replace(/=+$/, "") === text.replace(/=+$/, "");
  return same && /^[^\p{Cc}\uFFFD]+$/u.test(plain) ? plain : undefined;
}

/** The password of USER:PASSWORD, which programs receive without the user. */
const passwordOf = (text: string): string[] => (text.includes(":") ? [text.slice(text.indexOf(":") + 1)] : []);

/** A secret, and the parts of it that are secrets by themselves: passwords, also in Docker's Base64. */
function withParts(text: string): string[] {
  const plain = decodeBase64(text);
  const encoded = plain?.includes(":") ? [plain, ...passwordOf(plain)] : [];
  return [text, ...passwordOf(text), ...encoded].filter((part) => part.trim() !== "");
}

/**
 * The secret values of a configuration and their secret parts, such as the password in a pull secret.
 *
 * @param config - the output of `pulumi config --show-secrets --json`
 */
export const configuredSecrets = (
  config: Readonly<Record<string, { readonly value?: string; readonly secret?: boolean }>>,
): string[] =>
  Object.values(config)
    .filter(({ secret }) => secret)
    .flatMap(({ value }) => textsIn(value))
    .flatMap(withParts)
    // values that mean "no secret"
    .filter((text) => !["none", "true", "false"].includes(text));

/** True for a generated text: letters in both cases, and digits. */
const isKey = (word: string): boolean => /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);

/**
 * The generated keys in the encrypted values of a state. Other parts of such values are no secrets, such as the names in a
 * kubeconfig.
 *
 * @param state - the output of `pulumi stack export --show-secrets`, or any part of it
 */
export function keysIn(state: unknown): string[] {
  if (!state || typeof state !== "object") return [];
  return Object.entries(state).flatMap(([name, value]) =>
    name === "plaintext"
      ? textsIn(value).flatMap((text) => text.match(/[\w+/=-]{24,}/g)?.filter(isKey) ?? [])
      : keysIn(value),
  );
}

const escapeJson = (text: string): string => JSON.stringify(text).slice(1, -1);
/** Escapes a text as Go does in JSON. */
const forGo = (text: string): string =>
  text.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026");

/** The forms of a text in messages: plain, in JSON, in JSON within JSON, in Base64, and in a URL. */
function formsOf(text: string): string[] {
  const [once, twice] = [escapeJson(text), escapeJson(escapeJson(text))];
  const encoded = [Buffer.from(text).toString("base64"), encodeURIComponent(Buffer.from(text).toString())];
  return [text, once, twice, forGo(once), escapeJson(forGo(once)), ...encoded];
}

function patternOf(form: string): string {
  const literal = form.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return form.length < shortest ? `(?<![\\w-])${literal}(?![\\w-])` : literal;
}

/** Replaces the given secrets in a text, and everything that looks like one. */
export function redact(text: string, secrets: readonly string[]): string {
  const wanted = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const known = wanted.map(patternOf).join("|");
  const withoutPatterns = patterns.reduce((rest, pattern) => rest.replaceAll(pattern, mark), text);
  return known ? withoutPatterns.replaceAll(new RegExp(known, "g"), mark) : withoutPatterns;
}
