import { objectTitle } from "../context";
import { httpRoutes, takenRoutes } from "../routes";
import type { Mistake } from "./mistake";

interface Operations {
  readonly request?: { readonly set?: object; readonly add?: object; readonly remove?: readonly string[] };
  readonly response?: { readonly set?: object; readonly add?: object; readonly remove?: readonly string[] };
}
interface Origin {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}
interface Route {
  readonly corsPolicy?: { readonly allowOrigins?: readonly Origin[] };
  readonly headers?: Operations;
  readonly route?: readonly { readonly headers?: Operations }[];
}

const takes = (operations: Operations | undefined, side: "request" | "response", header: string): boolean => {
  const { set = {}, add = {}, remove = [] } = operations?.[side] ?? {};
  return [...Object.keys(set), ...Object.keys(add), ...remove].some((name) => name.toLowerCase() === header);
};

/** Header operations of one destination of several, which apply to its share of the requests only. */
const ofOneDestination: Mistake = (context) => {
  const { requestHeaders = {}, responseHeaders = {} } = context.testCase.expect;
  const wanted = [
    ...Object.keys(requestHeaders).map((name) => ({ name, side: "request" as const })),
    ...Object.keys(responseHeaders).map((name) => ({ name, side: "response" as const })),
  ];
  for (const { object, index } of takenRoutes(context)) {
    const { headers, route = [] } = (httpRoutes(object)[index] ?? {}) as Route;
    if (route.length < 2) continue;
    for (const { name, side } of wanted) {
      const having = route.findIndex((destination) => takes(destination.headers, side, name));
      if (
        takes(headers, side, name) ||
        having < 0 ||
        route.every((destination) => takes(destination.headers, side, name))
      )
        continue;
      return {
        text: `${objectTitle(object)} changes the header ${name} for destination ${having + 1} of ${route.length} only`,
        place: object.$.placeOf(["spec", "http", index, "route", having, "headers"]),
        fix: "put headers beside route, so that it applies to all destinations",
      };
    }
  }
  return undefined;
};

const allows = ({ exact, prefix, regex }: Origin, origin: string): boolean =>
  exact === origin ||
  exact === "*" ||
  (prefix !== undefined && origin.startsWith(prefix)) ||
  (regex !== undefined && new RegExp(`^(?:${regex})$`).test(origin));

/** An origin that the corsPolicy does not have. An origin begins with its scheme. */
const originNotAllowed: Mistake = (context) => {
  const { testCase, observation } = context;
  const origin = testCase.request.headers?.["origin"];
  const isExpected = Object.keys(testCase.expect.responseHeaders ?? {}).some((name) =>
    name.startsWith("access-control-"),
  );
  if (!origin || !isExpected || observation.answer.headers?.["access-control-allow-origin"]) return undefined;
  for (const { object, index } of takenRoutes(context)) {
    const { corsPolicy } = (httpRoutes(object)[index] ?? {}) as Route;
    const place = object.$.placeOf(["spec", "http", index, ...(corsPolicy ? ["corsPolicy"] : [])]);
    if (!corsPolicy) return { text: `the route of ${objectTitle(object)} that was taken has no corsPolicy`, place };
    const origins = corsPolicy.allowOrigins ?? [];
    if (origins.some((allowed) => allows(allowed, origin))) continue;
    const shown = origins.map(({ exact, prefix, regex }) => exact ?? prefix ?? regex).join(", ");
    return {
      text: `allowOrigins of ${objectTitle(object)} has ${shown || "nothing"}, and not the origin ${origin}: an origin is a scheme, a host, and a port that is not the usual one`,
      place,
      fix: `allowOrigins: [{ exact: "${origin}" }]`,
    };
  }
  return undefined;
};

export const mistakesOfHeaders: readonly Mistake[] = [ofOneDestination, originNotAllowed];
