import { closest, distance } from "fastest-levenshtein";
import { type CommandWriter, configRm, configSet, configSetSecret, forNpm, writeRemedy } from "../output/remedy";
import { quoted } from "../output/text";
import { type KeyName, type Settings, settingKeys } from "./contract";
import { plainUrl } from "./forms";
import type { Key } from "./kinds";
import type { AcceptedSettings, Problem } from "./problem";
import { crossRules } from "./rules";

/** Either all settings, or everything that is wrong with them. */
export type ParsedSettings =
  | { readonly settings: Settings; readonly problems: readonly [] }
  | { readonly settings?: never; readonly problems: readonly Problem[] };

/** Longest edit distance at which a name counts as a misspelling of a key: a third of its length. */
const nearEnough = (name: string): number => Math.floor(name.length / 3);

/** The value in the key's type. Undefined if the text has no such value. */
function readValue(key: Key, raw: string): string | number | boolean | undefined {
  switch (key.type) {
    case "integer":
      return /^-?(0|[1-9]\d{0,8})$/.test(raw) ? Number(raw) : undefined;
    case "boolean":
      return raw === "true" ? true : raw === "false" ? false : undefined;
    default:
      return raw;
  }
}

/**
 * The accepted value that the user probably meant: the same text without blanks, in another case, as a plain URL, or the
 * option that is spelled most alike. The key's default if there is no such value.
 */
function probablyMeant(key: Key, raw: string): string | number | boolean {
  if (key.secret) return key.default;
  const text = raw.trim();
  const near = key.options && text !== "" ? closest(text, key.options) : text;
  const spelledAlike = distance(text, near) <= nearEnough(text) ? [near] : [];
  const otherCase = key.options ? [text.toLowerCase(), text.toUpperCase()] : [text.toLowerCase()];
  const candidates = [text, ...otherCase, plainUrl(text) ?? text, ...spelledAlike];
  const accepted = candidates.find((candidate) => {
    const value = readValue(key, candidate);
    return value !== undefined && /^\S+$/.test(candidate) && key.accepts(value);
  });
  return accepted ?? key.default;
}

/** Keys of earlier versions, with the keys that replace them. */
const replacedKeys: Readonly<Record<string, readonly KeyName[]>> = {
  chartAuth: ["metallbChartAuth", "istioChartAuth"],
};

function unknownKey(name: string): Problem {
  const replacements = Object.hasOwn(replacedKeys, name) ? replacedKeys[name] : undefined;
  if (replacements)
    return {
      key: name,
      value: undefined,
      rule: `is now ${replacements.join(" and ")}`,
      remedy: [configRm(name)],
    };
  const near = closest(name, Object.keys(settingKeys));
  const isMisspelled = distance(name.toLowerCase(), near.toLowerCase()) <= nearEnough(name);
  return {
    key: name,
    value: undefined,
    rule: isMisspelled ? `is not a key; did you mean ${near}?` : "is not a key",
    remedy: [configRm(name)],
  };
}

/** Facts about a stack's configuration that its file shows without decryption. */
interface FileFacts {
  /** Keys that stand unencrypted in it. */
  readonly plain?: readonly string[];
  /** Keys with an encrypted value. Only the program can check them, and the rules that depend on them. */
  readonly encrypted?: readonly string[];
}

function readSettings(raw: Readonly<Record<string, string>>, { plain = [], encrypted = [] }: FileFacts) {
  const problems: Problem[] = Object.keys(raw)
    .filter((name) => !Object.hasOwn(settingKeys, name))
    .map(unknownKey);
  const accepted: Record<string, string | number | boolean> = {};
  for (const [name, key] of Object.entries(settingKeys) as [KeyName, Key][]) {
    if (encrypted.includes(name)) continue;
    const entered = Object.hasOwn(raw, name) ? raw[name] : undefined;
    const value = entered === undefined ? key.default : readValue(key, entered);
    if (value !== undefined && key.accepts(value)) accepted[name] = value;
    if (key.secret && plain.includes(name) && entered !== key.default)
      problems.push({
        key: name,
        value: undefined,
        rule: "must be encrypted, and stands as plain text in the stack's file",
        remedy: [configSetSecret(name)],
      });
    else if (accepted[name] === undefined)
      problems.push({
        key: name,
        value: key.secret ? undefined : entered,
        rule: `must be ${key.allowed}`,
        remedy: [configSet(name, probablyMeant(key, entered ?? ""))],
      });
  }
  problems.push(...crossRules(accepted as AcceptedSettings));
  return { accepted, problems };
}

/**
 * Settings from the raw texts of the stack's configuration, or every problem at once.
 *
 * @param raw - texts by key, without the project's prefix; absent keys take their default
 */
export function parseSettings(raw: Readonly<Record<string, string>>): ParsedSettings {
  const { accepted, problems } = readSettings(raw, {});
  return problems.length > 0 ? { problems } : { settings: accepted as Settings, problems: [] };
}

/** Every problem with a stack's file that is visible without decryption. */
export const problemsOf = (raw: Readonly<Record<string, string>>, known: FileFacts): readonly Problem[] =>
  readSettings(raw, known).problems;

/** A value as it may be shown: without the user and password of a URL. */
const shownValue = (value: string): string => quoted(value.replace(/(\/\/)[^/?#\s]*@/g, "$1[secret]@"));

/**
 * The problems as text, one a line: key, value, what is allowed, what to do.
 *
 * @param writer - writes the remedies for the reader
 * @param place - of the values
 */
export function problemsText(
  problems: readonly Problem[],
  writer: CommandWriter = forNpm(),
  place = "the stack's configuration, nothing was changed",
): string {
  const line = ({ key, value, rule, remedy }: Problem): string =>
    `  ${key}${value === undefined ? "" : ` = ${shownValue(value)}`} ${rule}; fix: ${writeRemedy(remedy, writer)}`;
  const title = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [`${title} in ${place}:`, ...problems.map(line)].join("\n");
}
