import { arrivalOf } from "../../requests/observation";
import { objectTitle, pathOf } from "../context";
import { fullMatch } from "../httpMatch";
import { httpRoutes, routesForHost, takenRoutes } from "../routes";
import type { Mistake } from "./mistake";

const shortPrefix: Mistake = (context) => {
  const path = pathOf(context);
  for (const { object, index } of takenRoutes(context))
    for (const [j, { uri }] of (httpRoutes(object)[index]?.match ?? []).entries()) {
      const prefix = uri?.prefix;
      if (!prefix || prefix.endsWith("/") || !path.startsWith(prefix) || !/^[^/?]/.test(path.slice(prefix.length)))
        continue;
      return {
        text: `prefix ${prefix} also matches ${path}: a prefix is text and not a path segment`,
        place: object.$.placeOf(["spec", "http", index, "match", j, "uri"]),
        fix: `match exact ${prefix} and prefix ${prefix}/, the longer path first`,
      };
    }
  return undefined;
};

/** Conditions in separate items of `match`. One that matches is enough. */
const separateMatches: Mistake = (context) => {
  for (const { object, index } of takenRoutes(context)) {
    const matches = httpRoutes(object)[index]?.match ?? [];
    const conditions = matches.flatMap((match) => Object.keys(match));
    if (matches.length < 2 || new Set(conditions).size !== conditions.length) continue;
    return {
      text: `the ${matches.length} items of match of ${objectTitle(object)} are alternatives: one is enough`,
      place: object.$.placeOf(["spec", "http", index, "match"]),
      fix: "put the conditions into one item, if all of them have to hold",
    };
  }
  return undefined;
};

/** A rewritten prefix that leaves two slashes, or none. */
const slashes: Mistake = (context) => {
  const path = arrivalOf(context.observation)?.path ?? "/";
  if (!path.startsWith("//") && path.startsWith("/")) return undefined;
  for (const { object, index } of takenRoutes(context)) {
    const uri = (httpRoutes(object)[index] as { rewrite?: { uri?: string } }).rewrite?.uri;
    if (uri === undefined) continue;
    return {
      text: `the rewrite puts ${uri} in place of the matched prefix only, so the workload receives ${path}`,
      place: object.$.placeOf(["spec", "http", index, "rewrite"]),
      fix: "match the prefix with a slash at its end, and rewrite it to one with a slash at its end",
    };
  }
  return undefined;
};

/** A rewrite by a regular expression whose groups are written as in other tools. */
const groups: Mistake = (context) => {
  for (const { object, index } of takenRoutes(context)) {
    const { rewrite } = httpRoutes(object)[index] as { rewrite?: { uriRegexRewrite?: { rewrite?: string } } };
    const text = rewrite?.uriRegexRewrite?.rewrite ?? "";
    if (!/\$\d/.test(text) || !arrivalOf(context.observation)?.path.includes("$")) continue;
    return {
      text: `rewrite ${text} has $1 as a text: the syntax is that of RE2, with a backslash`,
      place: object.$.placeOf(["spec", "http", index, "rewrite"]),
      fix: `rewrite: '${text.replaceAll(/\$(\d)/g, "\\$1")}'`,
    };
  }
  return undefined;
};

/** ignoreUriCase beside a regular expression. */
const caseOfRegex: Mistake = (context) => {
  if (context.observation.answer.status !== 404 && takenRoutes(context).length === 0) return undefined;
  for (const object of routesForHost(context))
    for (const [index, { match = [] }] of httpRoutes(object).entries())
      for (const [j, { uri, ignoreUriCase }] of match.entries())
        if (
          ignoreUriCase &&
          uri?.regex &&
          !fullMatch(uri.regex, pathOf(context)) &&
          fullMatch(`(?i)${uri.regex}`, pathOf(context))
        )
          return {
            text: "ignoreUriCase applies to exact and prefix, and not to regex",
            place: object.$.placeOf(["spec", "http", index, "match", j]),
            fix: `regex: "(?i)${uri.regex}"`,
          };
  return undefined;
};

/** A redirect whose target is another one than the case expects. */
const redirectTarget: Mistake = (context) => {
  if (context.testCase.expect.location === undefined) return undefined;
  for (const { object, index } of takenRoutes(context)) {
    const { redirect } = httpRoutes(object)[index] as { redirect?: { uri?: string; derivePort?: string } };
    const place = object.$.placeOf(["spec", "http", index]);
    if (!redirect) return { text: "the route that was taken has no redirect", place };
    if (redirect.derivePort === "FROM_REQUEST_PORT")
      return {
        text: `derivePort FROM_REQUEST_PORT keeps the port of the request, also where the scheme changes`,
        place: object.$.placeOf(["spec", "http", index, "redirect", "derivePort"]),
        fix: "derivePort: FROM_PROTOCOL_DEFAULT",
      };
    if (redirect.uri === undefined) continue;
    return {
      text: `uri ${redirect.uri} of the redirect replaces the whole path, whatever the route matched; the query stays`,
      place: object.$.placeOf(["spec", "http", index, "redirect", "uri"]),
      fix: "a route for each path, or an HTTPRoute with RequestRedirect and ReplacePrefixMatch",
    };
  }
  return undefined;
};

export const mistakesOfMatches: readonly Mistake[] = [
  shortPrefix,
  separateMatches,
  slashes,
  groups,
  caseOfRegex,
  redirectTarget,
];
