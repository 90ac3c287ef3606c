import { destinationRulesFor } from "../../manifests/hosts";
import type { UserObject } from "../../manifests/objects";
import { titleOf } from "../../manifests/objects";
import type { Path } from "../../manifests/source";
import { answeredBy } from "../../requests/observation";
import { type Context, sentTo } from "../context";
import { takenRoutes } from "../routes";
import { type ConsistentHash, policyOf, subsetPolicy } from "../trafficPolicies";
import type { Mistake } from "./mistake";

/** The consistent hash that a rule sets for a subset, with the path of the load balancer: the subset's replaces the rule's. */
function hashOf(rule: UserObject, subset: string): { hash: ConsistentHash | undefined; path: Path } {
  const ofSubset = subsetPolicy(rule, subset);
  const [{ loadBalancer }, path] = ofSubset.policy.loadBalancer
    ? [ofSubset.policy, ofSubset.path]
    : [policyOf(rule), ["spec", "trafficPolicy"]];
  return { hash: loadBalancer?.consistentHash, path: [...path, ...(loadBalancer ? ["loadBalancer"] : [])] };
}

/** Header, parameter or cookie that a hash reads and a request does not have. */
function absentKey(hash: ConsistentHash, { testCase: { request } }: Context): string | undefined {
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
  const split = takenRoutes(context).find(({ route }) => (route.route ?? []).length > 1);
  if (split)
    return {
      text: `${titleOf(split.object)} splits by weight before a pod is chosen by hash, so one user meets several subsets`,
      place: split.placeOf("route"),
      fix: "match users by a header or a cookie instead of by weight",
    };
  const target = sentTo(context);
  const [rule] = target ? destinationRulesFor(target.host, context.objects) : [];
  if (!rule || !target)
    return { text: "no DestinationRule for the host has a consistentHash, so pods are chosen in turn" };
  const { hash, path } = hashOf(rule, target.subset);
  const place = rule.$.placeOf(path);
  if (!hash)
    return {
      text: `${titleOf(rule)} sets no consistentHash for ${target.subset || target.host}, so pods are chosen in turn`,
      place,
    };
  const absent = absentKey(hash, context);
  return absent
    ? {
        text: `${titleOf(rule)} hashes by the ${absent}, which the request does not have, so pods are chosen at random`,
        place,
        fix: `send the ${absent}, or hash by what requests have`,
      }
    : undefined;
};

export const mistakesOfBalancing: readonly Mistake[] = [notSticky];
