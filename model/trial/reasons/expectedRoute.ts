import type { Result } from "../format/cases";
import { fqdnOfKey, istioHost } from "../manifests/services";
import type { Reason } from "../report/result";
import { resultOf } from "../requests/observation";
import { isNamed } from "../standIns/standIns";
import type { Context } from "./context";
import { type HttpRoute, type PlacedRoute, placedRoutes } from "./httpRoutes";
import { unmetOf } from "./routes";

/** True if a route leads to a workload that the case expects. */
function leadsToExpected({ object, route: { route = [] } }: PlacedRoute, { testCase, standIns }: Context): boolean {
  const expected = standIns.filter((standIn) => (testCase.expect.by ?? []).some((name) => isNamed(name, standIn)));
  return route.some(({ destination = {} }) => {
    const host = istioHost(destination.host ?? "", object.$.namespace);
    return expected.some(({ services, version }) => {
      const isHost = services.some((service) => host === fqdnOfKey(service));
      return isHost && (!destination.subset || !version || destination.subset === version);
    });
  });
}

/** True if a route answers with a status itself. */
const answersWith = ({ fault, directResponse, redirect }: HttpRoute, status: number | string): boolean =>
  fault?.abort?.httpStatus === status ||
  directResponse?.status === status ||
  (redirect !== undefined && (redirect.redirectCode ?? 301) === status);

/** Parts of an expectation that a route can bring about: the workload, or a setting such as a rewrite or a timeout. */
export function broughtAbout(placed: PlacedRoute, context: Context): string[] {
  const { expect } = context.testCase;
  const { status = [], mirrored, mirroredShare } = expect;
  const { rewrite = {}, headers = {}, mirror, mirrors, retries, timeout, redirect, fault } = placed.route;
  const expectsCopies = Boolean(mirroredShare ?? (mirrored && !mirrored.includes("none")));
  const parts: Readonly<Record<string, boolean>> = {
    by: leadsToExpected(placed, context),
    status: status.some((wanted) => answersWith(placed.route, wanted) || (wanted === 504 && timeout !== undefined)),
    mirrored: expectsCopies && Boolean(mirror ?? mirrors),
    location: expect.location !== undefined && redirect !== undefined,
    path: expect.path !== undefined && Boolean(rewrite.uri ?? rewrite.uriRegexRewrite),
    host: expect.host !== undefined && rewrite.authority !== undefined,
    requestHeaders: expect.requestHeaders !== undefined && headers.request !== undefined,
    responseHeaders: expect.responseHeaders !== undefined && headers.response !== undefined,
    attempts: expect.attempts !== undefined && retries !== undefined,
    seconds: expect.seconds !== undefined && Boolean(timeout ?? retries?.perTryTimeout ?? fault?.delay),
  };
  return Object.keys(parts).filter((part) => parts[part]);
}

/** Explains why another route than the taken one, which has more of what the case expects, was not used. */
export function otherRoutes(context: Context, taken: PlacedRoute): Reason[] {
  const result = resultOf(context.observation);
  const { status = [] } = context.testCase.expect;
  // a route that answers by itself stands in the way of those that lead to a workload
  const isAnswer = status.length > 0 && answersWith(taken.route, result) && !status.includes(result as Result);
  const partsOfTaken = broughtAbout(taken, context);
  return placedRoutes(taken.object).flatMap((placed): Reason[] => {
    const { index, route } = placed;
    const additional = broughtAbout(placed, context).filter((part) => !partsOfTaken.includes(part));
    if (index === taken.index || (additional.length === 0 && !(isAnswer && route.route))) return [];
    const unmet = unmetOf(placed, context);
    const title = `http route ${index + 1}`;
    const place = placed.placeOf();
    if (unmet.length > 0) return [{ text: `${title} does not match: ${unmet.join("; or ")}`, place }];
    if (index < taken.index) return [];
    const fix = route.match && `move route ${index + 1} before route ${taken.index + 1}`;
    return [{ text: `${title} matches too, but the first route that matches is used`, place, ...(fix && { fix }) }];
  });
}
