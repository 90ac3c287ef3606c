import type { Result } from "../format/cases";
import type { UserObject } from "../manifests/objects";
import { istioHost } from "../manifests/services";
import type { Reason } from "../report/result";
import { resultOf } from "../requests/observation";
import { isNamed } from "../standIns/standIns";
import type { Context } from "./context";
import { type HttpRoute, httpRoutes, unmetOf } from "./routes";

/** Settings of an http route by which it can do what a case expects. */
interface RouteSettings extends HttpRoute {
  readonly timeout?: string;
  readonly retries?: { readonly attempts?: number; readonly perTryTimeout?: string };
  readonly fault?: { readonly abort?: { readonly httpStatus?: number }; readonly delay?: object };
  readonly redirect?: { readonly redirectCode?: number };
  readonly directResponse?: { readonly status?: number };
  readonly rewrite?: { readonly uri?: string; readonly uriRegexRewrite?: object; readonly authority?: string };
  readonly headers?: { readonly request?: object; readonly response?: object };
  readonly mirror?: object;
  readonly mirrors?: readonly object[];
}

/** True if a route leads to a workload that the case expects. */
function leadsToExpected({ route = [] }: HttpRoute, { testCase, standIns }: Context, object: UserObject): boolean {
  const wanted = standIns.filter((standIn) => (testCase.expect.by ?? []).some((name) => isNamed(name, standIn)));
  return route.some(({ destination = {} }) =>
    wanted.some(({ services, version }) => {
      const host = istioHost(destination.host ?? "", object.$.namespace);
      const isHost = services.some((service) => {
        const [namespace, name] = service.split("/");
        return host === `${name}.${namespace}.svc.cluster.local`;
      });
      return isHost && (!destination.subset || !version || destination.subset === version);
    }),
  );
}

/** True if a route answers with a status itself. */
const answersWith = ({ fault, directResponse, redirect }: RouteSettings, status: number | string): boolean =>
  fault?.abort?.httpStatus === status ||
  directResponse?.status === status ||
  (redirect !== undefined && (redirect.redirectCode ?? 301) === status);

/** Parts of an expectation that a route can bring about: the workload, or a setting such as a rewrite or a timeout. */
export function broughtAbout(route: RouteSettings, context: Context, object: UserObject): string[] {
  const {
    status = [],
    mirrored,
    mirroredShare,
    location,
    path,
    host,
    requestHeaders,
    responseHeaders,
    attempts,
    seconds,
  } = context.testCase.expect;
  const { rewrite = {}, headers = {}, mirror, mirrors, retries, timeout, redirect, fault } = route;
  const parts: Readonly<Record<string, boolean>> = {
    by: leadsToExpected(route, context, object),
    status: status.some((allowed) => answersWith(route, allowed) || (allowed === 504 && timeout !== undefined)),
    mirrored: Boolean(mirroredShare ?? (mirrored && !mirrored.includes("none"))) && Boolean(mirror ?? mirrors),
    location: location !== undefined && redirect !== undefined,
    path: path !== undefined && Boolean(rewrite.uri ?? rewrite.uriRegexRewrite),
    host: host !== undefined && rewrite.authority !== undefined,
    requestHeaders: requestHeaders !== undefined && headers.request !== undefined,
    responseHeaders: responseHeaders !== undefined && headers.response !== undefined,
    attempts: attempts !== undefined && retries !== undefined,
    seconds: seconds !== undefined && Boolean(timeout ?? retries?.perTryTimeout ?? fault?.delay),
  };
  return Object.keys(parts).filter((part) => parts[part]);
}

/** Explains why another route than the taken one, which has more of what the case expects, was not used. */
export function otherRoutes(context: Context, taken: { object: UserObject; index: number }): Reason[] {
  const routes = httpRoutes(taken.object) as readonly RouteSettings[];
  const result = resultOf(context.observation);
  const { status = [] } = context.testCase.expect;
  // a route that answers by itself stands in the way of those that lead to a workload
  const isAnswer =
    status.length > 0 && answersWith(routes[taken.index] ?? {}, result) && !status.includes(result as Result);
  const has = broughtAbout(routes[taken.index] ?? {}, context, taken.object);
  return routes.flatMap((route, i): Reason[] => {
    const additional = broughtAbout(route, context, taken.object).filter((part) => !has.includes(part));
    if (i === taken.index || (additional.length === 0 && !(isAnswer && route.route))) return [];
    const unmet = unmetOf(route, context, taken.object);
    const place = taken.object.$.placeOf(["spec", "http", i]);
    if (unmet.length > 0) return [{ text: `http route ${i + 1} does not match: ${unmet.join("; or ")}`, place }];
    if (i < taken.index) return [];
    const fix = route.match && `move route ${i + 1} before route ${taken.index + 1}`;
    return [
      { text: `http route ${i + 1} matches too, but the first route that matches is used`, place, ...(fix && { fix }) },
    ];
  });
}
