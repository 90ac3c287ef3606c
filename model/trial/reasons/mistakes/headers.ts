import { titleOf } from "../../manifests/objects";

import type { StringMatch } from "../httpMatch";
import type { Headers } from "../httpRoutes";
import { takenRoutes } from "../routes";
import type { Mistake } from "./mistake";

/** True if headers of a route or a destination set, add or remove a header of the request or the response. */
const changes = (headers: Headers | undefined, side: "request" | "response", name: string): boolean => {
  const { set = {}, add = {}, remove = [] } = headers?.[side] ?? {};
  return [...Object.keys(set), ...Object.keys(add), ...remove].some((header) => header.toLowerCase() === name);
};

/** Header operations of one destination of several, which apply to its share of the requests only. */
const ofOneDestination: Mistake = (context) => {
  const { requestHeaders = {}, responseHeaders = {} } = context.testCase.expect;
  const expected = [
    ...Object.keys(requestHeaders).map((name) => ({ name, side: "request" as const })),
    ...Object.keys(responseHeaders).map((name) => ({ name, side: "response" as const })),
  ];
  for (const { object, route, placeOf } of takenRoutes(context)) {
    const destinations = route.route ?? [];
    for (const { name, side } of expected) {
      const changing = destinations.map(({ headers }) => changes(headers, side, name));
      const index = changing.indexOf(true);
      if (index < 0 || changing.every(Boolean) || changes(route.headers, side, name)) continue;
      return {
        text: `${titleOf(object)} changes the header ${name} for destination ${index + 1} of ${destinations.length} only`,
        place: placeOf("route", index, "headers"),
        fix: "put headers beside route, so that it applies to all destinations",
      };
    }
  }
  return undefined;
};

const allows = ({ exact, prefix, regex }: StringMatch, origin: string): boolean =>
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
  for (const { object, route, placeOf } of takenRoutes(context)) {
    const title = titleOf(object);
    if (!route.corsPolicy) return { text: `the route of ${title} that was taken has no corsPolicy`, place: placeOf() };
    const origins = route.corsPolicy.allowOrigins ?? [];
    if (origins.some((allowed) => allows(allowed, origin))) continue;
    const allowed = origins.map(({ exact, prefix, regex }) => exact ?? prefix ?? regex).join(", ");
    return {
      text: `allowOrigins of ${title} has ${allowed || "nothing"}, and not the origin ${origin}: an origin is a scheme, a host, and a port that is not the usual one`,
      place: placeOf("corsPolicy"),
      fix: `allowOrigins: [{ exact: "${origin}" }]`,
    };
  }
  return undefined;
};

export const mistakesOfHeaders: readonly Mistake[] = [ofOneDestination, originNotAllowed];
