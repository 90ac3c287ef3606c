import { fqdnOf, istioHost } from "../../manifests/services";
import type { Path } from "../../manifests/source";
import { hasHost, routesOf, rulesOf } from "../apiRoutes";
import { type Context, hostOf, objectTitle, ofKind } from "../context";
import { httpRoutes, takenRoutes } from "../routes";
import type { Mistake } from "./mistake";

interface Mirroring {
  readonly mirror?: { readonly host?: string };
  readonly mirrors?: readonly {
    readonly destination?: { readonly host?: string };
    readonly percentage?: { readonly value?: number };
  }[];
  readonly mirrorPercentage?: { readonly value?: number };
}

/** True if a case expects copies, all of them or a share. */
const wantsCopies = ({ testCase: { expect } }: Context): boolean => Boolean(expect.mirrored ?? expect.mirroredShare);

/** A mirror that receives no copy, or only some. */
const noCopy: Mistake = (context) => {
  if (!wantsCopies(context)) return undefined;
  for (const { object, index } of takenRoutes(context)) {
    const { mirror, mirrors, mirrorPercentage } = (httpRoutes(object)[index] ?? {}) as Mirroring;
    const at = (...path: Path) => object.$.placeOf(["spec", "http", index, ...path]);
    if (!mirror && !mirrors) return { text: "the route that was taken has no mirror", place: at() };
    for (const to of [mirror, ...(mirrors ?? []).map(({ destination }) => destination)]) {
      const full = to?.host && istioHost(to.host, object.$.namespace);
      const external = ofKind(context.objects, "ServiceEntry").flatMap(({ spec }) => (spec?.hosts ?? []) as string[]);
      if (!full || context.services.some((service) => fqdnOf(service) === full) || external.includes(full)) continue;
      return {
        text: `the mirror leads to ${full}, and no Service has this host: copies are lost without an error`,
        place: at(mirror ? "mirror" : "mirrors"),
        fix: "name the Service with its namespace: NAME.NAMESPACE.svc.cluster.local",
      };
    }
    if (mirror && mirrorPercentage)
      return {
        text: `mirrorPercentage: ${mirrorPercentage.value ?? 0} copies that share of the requests`,
        place: at("mirrorPercentage"),
      };
    if (mirrorPercentage)
      return {
        text: "mirrorPercentage belongs to mirror, and has no effect on mirrors: each of them has a percentage of its own",
        place: at("mirrorPercentage"),
        fix: `percentage: { value: ${mirrorPercentage.value ?? 0} } in each entry of mirrors`,
      };
    const partial = (mirrors ?? []).findIndex(({ percentage }) => percentage && (percentage.value ?? 0) < 100);
    if (partial >= 0)
      return {
        text: `percentage of the mirror copies ${mirrors?.[partial]?.percentage?.value ?? 0} of 100 requests`,
        place: at("mirrors", partial, "percentage"),
        fix: "percentage: { value: 100 }",
      };
    if (context.testCase.expect.mirroredShare)
      return {
        text: "the mirror has no percentage, and copies every request",
        place: at(mirror ? "mirror" : "mirrors"),
      };
  }
  return undefined;
};

/** A mirror of the Gateway API that copies another share than the case expects. */
const shareOfApiMirror: Mistake = (context) => {
  if (!wantsCopies(context)) return undefined;
  for (const route of routesOf(context).filter((candidate) => hasHost(candidate, hostOf(context))))
    for (const [i, { filters = [] }] of rulesOf(route).entries())
      for (const [j, { requestMirror }] of filters.entries()) {
        if (!requestMirror) continue;
        const { percent, fraction: { numerator = 0, denominator = 100 } = {} } = requestMirror;
        const share = percent ?? (requestMirror.fraction ? (numerator / denominator) * 100 : 100);
        if (share === 100 && !context.testCase.expect.mirroredShare) continue;
        return {
          text: `requestMirror of ${objectTitle(route)} copies ${share} of 100 requests`,
          place: route.$.placeOf(["spec", "rules", i, "filters", j]),
        };
      }
  return undefined;
};

export const mistakesOfMirrors: readonly Mistake[] = [noCopy, shareOfApiMirror];
