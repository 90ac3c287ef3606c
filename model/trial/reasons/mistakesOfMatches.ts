import { arrivalOf } from "../observation";
import { objectTitle, pathOf } from "./context";
import type { Mistake } from "./mistake";
import { httpRoutes, takenRoutes } from "./routes";

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
    const conditions = matches.flatMap((one) => Object.keys(one));
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
  const path = arrivalOf(context.seen)?.path ?? "/";
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

/** A redirect whose target is another one than the case expects. */
const redirectTarget: Mistake = (context) => {
  if (context.one.expect.location === undefined) return undefined;
  for (const { object, index } of takenRoutes(context)) {
    const { redirect } = httpRoutes(object)[index] as { redirect?: { uri?: string } };
    const place = object.$.placeOf(["spec", "http", index]);
    if (!redirect) return { text: "the route that was taken has no redirect", place };
    if (redirect.uri === undefined) continue;
    return {
      text: `uri ${redirect.uri} of the redirect replaces the whole path, whatever the route matched; the query stays`,
      place: object.$.placeOf(["spec", "http", index, "redirect", "uri"]),
      fix: "a route for each path, or an HTTPRoute with RequestRedirect and ReplacePrefixMatch",
    };
  }
  return undefined;
};

export const mistakesOfMatches: readonly Mistake[] = [shortPrefix, separateMatches, slashes, redirectTarget];
