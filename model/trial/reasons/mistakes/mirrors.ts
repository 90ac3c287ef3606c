import { hostsOf } from "../../manifests/hosts";
import { titleOf } from "../../manifests/objects";
import { istioHost, serviceByFqdn } from "../../manifests/services";
import { filtersForHost } from "../apiRoutes";
import { type Context, ofKind } from "../context";
import type { PlacedRoute } from "../httpRoutes";
import { takenRoutes } from "../routes";
import { type Mistake, onlyIf } from "./mistake";

/** True if a case expects copies, of each request or of a share of them. */
const expectsCopies = ({ testCase: { expect } }: Context): boolean => Boolean(expect.mirrored ?? expect.mirroredShare);

/** Host of a route's mirrors that no Service and no ServiceEntry has. */
function absentMirror({ object, route: { mirror, mirrors = [] } }: PlacedRoute, context: Context): string | undefined {
  const external = ofKind(context.objects, "ServiceEntry").flatMap(hostsOf);
  return [mirror, ...mirrors.map(({ destination }) => destination)]
    .flatMap((destination) => (destination?.host ? [istioHost(destination.host, object.$.namespace)] : []))
    .find((fqdn) => !serviceByFqdn(fqdn, context.services) && !external.includes(fqdn));
}

/** A mirror that receives no copy, or only some. */
const noCopy: Mistake = (context) => {
  for (const placed of takenRoutes(context)) {
    const { placeOf } = placed;
    const { mirror, mirrors, mirrorPercentage } = placed.route;
    if (!mirror && !mirrors) return { text: "the route that was taken has no mirror", place: placeOf() };
    const absent = absentMirror(placed, context);
    if (absent)
      return {
        text: `the mirror leads to ${absent}, and no Service has this host: copies are lost without an error`,
        place: placeOf(mirror ? "mirror" : "mirrors"),
        fix: "name the Service with its namespace: NAME.NAMESPACE.svc.cluster.local",
      };
    const value = mirrorPercentage?.value ?? 0;
    if (mirror && mirrorPercentage)
      return {
        text: `mirrorPercentage: ${value} copies that share of the requests`,
        place: placeOf("mirrorPercentage"),
      };
    if (mirrorPercentage)
      return {
        text: "mirrorPercentage belongs to mirror, and has no effect on mirrors: each of them has a percentage of its own",
        place: placeOf("mirrorPercentage"),
        fix: `percentage: { value: ${value} } in each entry of mirrors`,
      };
    const partial = (mirrors ?? []).findIndex(({ percentage }) => percentage && (percentage.value ?? 0) < 100);
    if (partial >= 0)
      return {
        text: `percentage of the mirror copies ${mirrors?.[partial]?.percentage?.value ?? 0} of 100 requests`,
        place: placeOf("mirrors", partial, "percentage"),
        fix: "percentage: { value: 100 }",
      };
    if (context.testCase.expect.mirroredShare)
      return {
        text: "the mirror has no percentage, and copies every request",
        place: placeOf(mirror ? "mirror" : "mirrors"),
      };
  }
  return undefined;
};

/** A mirror of the Gateway API that copies another share than the case expects. */
const shareOfApiMirror: Mistake = (context) => {
  for (const { route, filter, place } of filtersForHost(context)) {
    if (!filter.requestMirror) continue;
    const { percent, fraction } = filter.requestMirror;
    const share = percent ?? (fraction ? (fraction.numerator / (fraction.denominator ?? 100)) * 100 : 100);
    if (share === 100 && !context.testCase.expect.mirroredShare) continue;
    return { text: `requestMirror of ${titleOf(route)} copies ${share} of 100 requests`, place };
  }
  return undefined;
};

export const mistakesOfMirrors = onlyIf(expectsCopies, [noCopy, shareOfApiMirror]);
