import { rulesForHost } from "../../manifests/hosts";
import type { UserObject } from "../../manifests/objects";
import type { Path } from "../../manifests/source";
import { answeredBy } from "../../requests/observation";
import { type Context, objectTitle, sentTo } from "../context";
import { httpRoutes, takenRoutes } from "../routes";
import type { Mistake } from "./mistake";

interface Hash {
  readonly httpHeaderName?: string;
  readonly httpQueryParameterName?: string;
  readonly httpCookie?: { readonly name?: string };
  readonly useSourceIp?: boolean;
}
interface TrafficPolicy {
  readonly loadBalancer?: { readonly simple?: string; readonly consistentHash?: Hash };
}

/** The load balancer that a rule sets for a subset: that of the subset, which replaces the rule's. */
function balancerOf({ spec }: UserObject, subset: string): { hash?: Hash; path: Path } {
  const subsets = (spec?.subsets ?? []) as { name: string; trafficPolicy?: TrafficPolicy }[];
  const index = subsets.findIndex(({ name }) => name === subset);
  const ofSubset = subsets[index]?.trafficPolicy?.loadBalancer;
  const policy = ofSubset ?? (spec?.trafficPolicy as TrafficPolicy | undefined)?.loadBalancer;
  const path = ofSubset
    ? ["spec", "subsets", index, "trafficPolicy", "loadBalancer"]
    : ["spec", "trafficPolicy", ...(policy ? ["loadBalancer"] : [])];
  return { ...(policy?.consistentHash && { hash: policy.consistentHash }), path };
}

/** Header, parameter or cookie that a hash reads and a request does not have. */
function absentKey(hash: Hash, { testCase: { request } }: Context): string | undefined {
  const { httpHeaderName: header, httpQueryParameterName: parameter, httpCookie: cookie } = hash;
  if (header && request.headers?.[header.toLowerCase()] === undefined) return `header ${header}`;
  if (parameter && !new URLSearchParams(request.url.split("?")[1] ?? "").has(parameter))
    return `query parameter ${parameter}`;
  const sent = request.headers?.["cookie"] ?? "";
  if (cookie?.name && !sent.split(/; */).some((pair) => pair.startsWith(`${cookie.name}=`)))
    return `cookie ${cookie.name}`;
  return undefined;
}

/** Requests of one user that several pods answer. */
const notSticky: Mistake = (context) => {
  if (!context.testCase.expect.sameWorkload || !answeredBy(context.observation)) return undefined;
  if (context.caller.sidecar === false)
    return {
      text: "the caller has no sidecar, and a proxy chooses the pod by hash only for what it sends itself",
      fix: "a sidecar for the caller, or a way through a gateway",
    };
  const target = sentTo(context);
  for (const { object, index } of takenRoutes(context)) {
    const targets = httpRoutes(object)[index]?.route ?? [];
    if (targets.length > 1)
      return {
        text: `${objectTitle(object)} splits by weight before a pod is chosen by hash, so one user meets several subsets`,
        place: object.$.placeOf(["spec", "http", index, "route"]),
        fix: "match users by a header or a cookie instead of by weight",
      };
  }
  const [rule] = target ? rulesForHost(target.host, context.objects) : [];
  if (!rule || !target)
    return { text: "no DestinationRule for the host has a consistentHash, so pods are chosen in turn" };
  const { hash, path } = balancerOf(rule, target.subset);
  const place = rule.$.placeOf(path);
  if (!hash)
    return {
      text: `${objectTitle(rule)} sets no consistentHash for ${target.subset || target.host}, so pods are chosen in turn`,
      place,
    };
  const absent = absentKey(hash, context);
  return absent
    ? {
        text: `${objectTitle(rule)} hashes by the ${absent}, which the request does not have, so pods are chosen at random`,
        place,
        fix: `send the ${absent}, or hash by what requests have`,
      }
    : undefined;
};

export const mistakesOfBalancing: readonly Mistake[] = [notSticky];
