// @ts-check

/** What stands in the place of a secret. */
const mark = "[secret]";

/**
 * What is a secret by its look, wherever it comes from: private keys, whole or cut off, with line ends as they are or
 * escaped; the same and certificates in base64, as in kubeconfigs and Secrets; signed tokens.
 */
const looks = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\\+[rn]|[\sA-Za-z0-9+/=])*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g,
  /LS0tLS1CRUdJTi[A-Za-z0-9+/]*={0,2}/g,
  /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g,
];

/** @param {string} text @returns {unknown} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Every text in a value, those in JSON within a text too. @param {unknown} value @returns {string[]} */
function textsIn(value) {
  if (typeof value === "string") {
    const inner = /^\s*[[{"]/.test(value) ? parsed(value) : undefined;
    return [value, ...(inner === undefined || inner === value ? [] : textsIn(inner))];
  }
  return value && typeof value === "object" ? Object.values(value).flatMap(textsIn) : [];
}

/** Shorter texts are replaced only where they stand as a word of their own: elsewhere they would be part of other words. */
const shortest = 6;

/** The text that a Base64 text encodes; undefined if it is not Base64 of printable text. @param {string} text */
function decoded(text) {
  if (!/^[A-Za-z0-9+/]{4,}={0,2}$/.test(text)) return undefined;
  const plain = Buffer.from(text, "base64").toString();
  const same = Buffer.from(plain).toString("base64").replace(/=+$/, "") === text.replace(/=+$/, "");
  return same && /^[^\p{Cc}\uFFFD]+$/u.test(plain) ? plain : undefined;
}

/** The password of USER:PASSWORD, which programs receive without the user. @param {string} text */
const passwordOf = (text) => (text.includes(":") ? [text.slice(text.indexOf(":") + 1)] : []);

/** A secret with the parts of it that are secret alone: passwords, also in Docker's Base64. @param {string} text @returns {string[]} */
function withParts(text) {
  const plain = decoded(text);
  const encoded = plain?.includes(":") ? [plain, ...passwordOf(plain)] : [];
  return [text, ...passwordOf(text), ...encoded].filter((part) => part.trim() !== "");
}

/**
 * The secret values of a configuration and their secret parts, such as the password in a pull secret.
 *
 * @param {Readonly<Record<string, { value?: string, secret?: boolean }>>} config - of `pulumi config --show-secrets --json`
 * @returns {string[]}
 */
export const configured = (config) =>
  Object.values(config)
    .filter(({ secret }) => secret)
    .flatMap(({ value }) => textsIn(value))
    .flatMap(withParts)
    // words with which a configuration says that there is none
    .filter((text) => !["none", "true", "false"].includes(text));

/** What no person thought of: long, of letters in both cases and digits. */
const isKey = (/** @type {string} */ word) => /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);

/**
 * The keys in a state, of what it keeps encrypted; the rest of that says nothing, such as the names in a kubeconfig.
 *
 * @param {unknown} state - of `pulumi stack export --show-secrets`, or any part of it
 * @returns {string[]}
 */
export function keysIn(state) {
  if (!state || typeof state !== "object") return [];
  return Object.entries(state).flatMap(([name, value]) =>
    name === "plaintext"
      ? textsIn(value).flatMap((text) => text.match(/[\w+/=-]{24,}/g)?.filter(isKey) ?? [])
      : keysIn(value),
  );
}

const escaped = (/** @type {string} */ text) => JSON.stringify(text).slice(1, -1);
/** As Go writes JSON. */
const forGo = (/** @type {string} */ text) =>
  text.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026");

/** A text as messages have it: as it is, in JSON, in JSON within JSON, and in base64. @param {string} text */
function forms(text) {
  const [once, twice] = [escaped(text), escaped(escaped(text))];
  return [text, once, twice, forGo(once), escaped(forGo(once)), Buffer.from(text).toString("base64")];
}

/** @param {string} form */
function pattern(form) {
  const literal = form.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return form.length < shortest ? `(?<![\\w-])${literal}(?![\\w-])` : literal;
}

/**
 * A text with every secret in it replaced: the given ones, and what is one by its look.
 *
 * @param {string} text
 * @param {readonly string[]} secrets
 */
export function redacted(text, secrets) {
  const wanted = [...new Set(secrets.flatMap(forms))].sort((a, b) => b.length - a.length);
  const known = wanted.map(pattern).join("|");
  const seen = looks.reduce((rest, look) => rest.replaceAll(look, mark), text);
  return known ? seen.replaceAll(new RegExp(known, "g"), mark) : seen;
}
