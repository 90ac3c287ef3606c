import { titleOf } from "../../manifests/objects";
import { arrivalOf } from "../../requests/observation";
import { pathOf } from "../context";
import { fullMatch } from "../httpMatch";
import { placedRoutes } from "../httpRoutes";
import { takenRoutes, virtualServicesForHost } from "../routes";
import type { Mistake } from "./mistake";

/** A prefix that also matches a longer name, such as /shop for /shopping. */
const shortPrefix: Mistake = (context) => {
  const path = pathOf(context);
  for (const { route, placeOf } of takenRoutes(context))
    for (const [i, { uri }] of (route.match ?? []).entries()) {
      const prefix = uri?.prefix;
      if (!prefix || prefix.endsWith("/") || !path.startsWith(prefix)) continue;
      if (!/^[^/?]/.test(path.slice(prefix.length))) continue;
      return {
        text: `prefix ${prefix} also matches ${path}: a prefix is text and not a path segment`,
        place: placeOf("match", i, "uri"),
        fix: `match exact ${prefix} and prefix ${prefix}/, the longer path first`,
      };
    }
  return undefined;
};

/** Conditions in separate items of `match`. One that matches is enough. */
const separateMatches: Mistake = (context) => {
  for (const { object, route, placeOf } of takenRoutes(context)) {
    const matches = route.match ?? [];
    const conditions = matches.flatMap((match) => Object.keys(match));
    if (matches.length < 2 || new Set(conditions).size !== conditions.length) continue;
    return {
      text: `the ${matches.length} items of match of ${titleOf(object)} are alternatives: one is enough`,
      place: placeOf("match"),
      fix: "put the conditions into one item, if all of them have to hold",
    };
  }
  return undefined;
};

/** A rewritten prefix that leaves two slashes, or none. */
const slashes: Mistake = (context) => {
  const path = arrivalOf(context.observation)?.path ?? "/";
  if (/^\/(?!\/)/.test(path)) return undefined;
  const rewriting = takenRoutes(context).find(({ route }) => route.rewrite?.uri !== undefined);
  return (
    rewriting && {
      text: `the rewrite puts ${rewriting.route.rewrite?.uri} in place of the matched prefix only, so the workload receives ${path}`,
      place: rewriting.placeOf("rewrite"),
      fix: "match the prefix with a slash at its end, and rewrite it to one with a slash at its end",
    }
  );
};

/** A rewrite by a regular expression whose groups are written as in other tools. */
const groups: Mistake = (context) => {
  if (!arrivalOf(context.observation)?.path.includes("$")) return undefined;
  for (const { route, placeOf } of takenRoutes(context)) {
    const text = route.rewrite?.uriRegexRewrite?.rewrite ?? "";
    if (!/\$\d/.test(text)) continue;
    return {
      text: `rewrite ${text} has $1 as a text: the syntax is that of RE2, with a backslash`,
      place: placeOf("rewrite"),
      fix: `rewrite: '${text.replaceAll(/\$(\d)/g, "\\$1")}'`,
    };
  }
  return undefined;
};

/** ignoreUriCase beside a regular expression. */
const caseOfRegex: Mistake = (context) => {
  if (context.observation.answer.status !== 404 && takenRoutes(context).length === 0) return undefined;
  const path = pathOf(context);
  for (const { route, placeOf } of virtualServicesForHost(context).flatMap(placedRoutes))
    for (const [i, { uri, ignoreUriCase }] of (route.match ?? []).entries()) {
      const regex = uri?.regex;
      if (!ignoreUriCase || !regex || fullMatch(regex, path) || !fullMatch(`(?i)${regex}`, path)) continue;
      return {
        text: "ignoreUriCase applies to exact and prefix, and not to regex",
        place: placeOf("match", i),
        fix: `regex: "(?i)${regex}"`,
      };
    }
  return undefined;
};

/** A redirect whose target is another one than the case expects. */
const redirectTarget: Mistake = (context) => {
  if (context.testCase.expect.location === undefined) return undefined;
  for (const { route, placeOf } of takenRoutes(context)) {
    const { redirect } = route;
    if (!redirect) return { text: "the route that was taken has no redirect", place: placeOf() };
    if (redirect.derivePort === "FROM_REQUEST_PORT")
      return {
        text: "derivePort FROM_REQUEST_PORT keeps the port of the request, also where the scheme changes",
        place: placeOf("redirect", "derivePort"),
        fix: "derivePort: FROM_PROTOCOL_DEFAULT",
      };
    if (redirect.uri === undefined) continue;
    return {
      text: `uri ${redirect.uri} of the redirect replaces the whole path, whatever the route matched; the query stays`,
      place: placeOf("redirect", "uri"),
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
