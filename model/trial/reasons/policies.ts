import { objectKey, titleOf, type UserObject } from "../manifests/objects";
import { namespaceOf } from "../manifests/services";
import type { Reason } from "../report/result";
import type { AccessEntry } from "../requests/accessLog";
import { arrivalOf, peerOf, resultOf } from "../requests/observation";
import { arrivingOf } from "./arriving";
import { type Context, ofKind, sentTo } from "./context";
import { absentKeys, unmetOfRule } from "./policyMatch";
import { actionOf, policyRules } from "./policyRules";
import { misplacedReason, policiesFor, policiesPassed, receiverOf } from "./policyScope";
import { clientMode } from "./tlsModes";

/** Principal of the caller that the workload saw; from the caller itself if the request did not arrive. */
function principalOf(context: Context): string | undefined {
  const arrival = arrivalOf(context.observation);
  if (arrival)
    return peerOf(arrival)
      .replace(/^spiffe:\/\//, "")
      .replace(/^none$/, "");
  const { caller, objects } = context;
  if (caller.outside) return undefined;
  const cluster = sentTo(context);
  const client = cluster && clientMode(cluster.host, cluster.port, cluster.subset, caller.namespace, objects);
  if (client && client.mode !== "ISTIO_MUTUAL") return "";
  return caller.sidecar === false ? "" : `cluster.local/ns/${caller.namespace}/sa/${caller.serviceAccount}`;
}

/** Issuer of tokens for which a case names none. */
const firstIssuer = (objects: readonly UserObject[]): string =>
  String(ofKind(objects, "RequestAuthentication").flatMap(({ spec }) => spec?.jwtRules ?? [])[0]?.issuer ?? "");

/** The request as the gateway or the workload receives it. */
function arrivingRequest(context: Context, isGateway: boolean) {
  const principal = isGateway ? undefined : principalOf(context);
  return arrivingOf(context, { principal, isGateway, issuer: firstIssuer(context.objects) });
}

const placeOfRule = (policy: UserObject, index: number) => policy.$.placeOf(["spec", "rules", index]);

/** Reasons from the rules of policies: the conditions that the request does not meet. */
function unmetRules(policies: readonly UserObject[], context: Context, atGateway: boolean): Reason[] {
  const request = arrivingRequest(context, atGateway);
  return policies.flatMap((policy): Reason[] => {
    const rules = policyRules(policy);
    if (rules.length === 0)
      return [
        {
          text: `${titleOf(policy)} has no rules: ${actionOf(policy) === "ALLOW" ? "it allows nothing" : "it never applies"}`,
          place: policy.$.placeOf(["spec"]),
        },
      ];
    return rules.map((rule, i) => {
      const unmet = unmetOfRule(rule, request);
      const text = `rule ${i + 1} of ${titleOf(policy)} (${actionOf(policy)})`;
      const absent = absentKeys(rule, request).map((key) => `; the request has no ${key}, and notValues hold for that`);
      return {
        text:
          unmet.length > 0
            ? `${text} does not match: ${unmet.join("; ")}`
            : `${text} matches by what its text says${absent.join("")}`,
        place: placeOfRule(policy, i),
      };
    });
  });
}

/** Reasons from a workload's policies with the action CUSTOM. They need an external authorizer, which this environment does not have. */
const customReasons = (namespace: string, context: Context, proxy: string): Reason[] =>
  policiesFor("AuthorizationPolicy", namespace, context.labelsOf(proxy), context.objects)
    .filter((policy) => actionOf(policy) === "CUSTOM")
    .map((policy) => ({
      text: `${titleOf(policy)} asks the authorizer ${policy.spec?.provider?.name ?? "that it does not name"}, which the mesh does not have (extensionProviders of its MeshConfig): every request that the rules match is denied`,
      place: policy.$.placeOf(["spec", "provider"]),
      fix: "action ALLOW or DENY; a run has no external authorizers, so CUSTOM cannot be tested",
    }));

/** Reasons from the policy by which a proxy denied a request, which the proxy's access log names. */
function denialReasons(entry: AccessEntry, context: Context): Reason[] {
  const [, denied] = /rbac_access_denied_matched_policy\[(.*)\]/.exec(entry.details) ?? [];
  if (denied === undefined) return [];
  const [, namespace, name, rule] = /ns\[([^\]]+)\]-policy\[([^\]]+)\]-rule\[(\d+)\]/.exec(denied) ?? [];
  const proxyNamespace = namespaceOf(entry.proxy);
  if (denied.includes("CUSTOM")) return customReasons(proxyNamespace, context, entry.proxy);
  const labels = context.labelsOf(entry.proxy);
  if (!name) {
    const allowing = policiesFor("AuthorizationPolicy", proxyNamespace, labels, context.objects).filter(
      (policy) => actionOf(policy) === "ALLOW",
    );
    const atGateway = context.caller.outside && !entry.cluster.startsWith("inbound") && entry.route !== "default";
    return [
      { text: "no rule of an ALLOW policy matches the request, so it is denied (AuthorizationPolicy)" },
      ...unmetRules(allowing, context, atGateway),
    ];
  }
  const policy = ofKind(context.objects, "AuthorizationPolicy").find(
    (candidate) => objectKey(candidate) === `${namespace}/${name}`,
  );
  return [
    {
      text: `AuthorizationPolicy ${namespace}/${name} denies it by rule ${Number(rule) + 1}`,
      ...(policy && { place: placeOfRule(policy, Number(rule)) }),
    },
  ];
}

/** Reasons from the RequestAuthentication that rejected the token of a request. */
function refusedTokenReasons({ details }: AccessEntry, { objects }: Context): Reason[] {
  const denial = /jwt_authn_access_denied\{?([^}]*)\}?/.exec(details);
  if (!denial) return [];
  const [rule] = ofKind(objects, "RequestAuthentication");
  return [
    {
      text: `RequestAuthentication refuses the token: ${(denial[1] ?? "").replaceAll("_", " ")}`,
      ...(rule && { place: rule.$.placeOf(["spec", "jwtRules"]) }),
    },
  ];
}

/** Reason for a policy that does not apply to a workload. */
const otherScope = (policy: UserObject, { id, namespace }: { id: string; namespace: string }): Reason => ({
  text: `${titleOf(policy)} does not apply to ${id}: ${policy.$.namespace === namespace ? "its selector has other labels" : `it is in namespace ${policy.$.namespace}`}`,
  place: policy.$.placeOf(["spec", "selector"]),
});

/** Reasons why no policy denied a request that the case expects to be denied. */
function undeniedReasons(context: Context): Reason[] {
  const expectsDenial = context.testCase.expect.status?.some(
    (status) => status === 401 || status === 403 || status === "reset",
  );
  const result = resultOf(context.observation);
  if (!expectsDenial || typeof result !== "number" || result >= 400) return [];
  const standIn = receiverOf(context);
  if (!standIn) return [];
  const { workloadPolicies, gatewayPolicies } = policiesPassed(context);
  const ofWorkload = policiesFor("AuthorizationPolicy", standIn.namespace, standIn.labels, context.objects);
  if (standIn.sidecar === false && ofWorkload[0])
    return [{ text: `${standIn.id} has no sidecar, so no policy is applied to it`, place: ofWorkload[0].$.place }];
  const policies = ofKind(context.objects, "AuthorizationPolicy");
  if (workloadPolicies.length + gatewayPolicies.length === 0)
    return policies.map((policy) => misplacedReason(policy, context) ?? otherScope(policy, standIn));
  return [...unmetRules(workloadPolicies, context, false), ...unmetRules(gatewayPolicies, context, true)];
}

/**
 * Rules of ALLOW policies that match a request which passed, as NAMESPACE/NAME/INDEX. Proxies do not log them, so this
 * function compares the text of each rule with the request.
 */
export function allowingRules(context: Context): string[] {
  if (Number(resultOf(context.observation)) >= 400) return [];
  const { workloadPolicies, gatewayPolicies } = policiesPassed(context);
  const matching = (policies: readonly UserObject[], atGateway: boolean) =>
    policies
      .filter((policy) => actionOf(policy) === "ALLOW")
      .flatMap((policy) =>
        policyRules(policy).flatMap((rule, i) =>
          unmetOfRule(rule, arrivingRequest(context, atGateway)).length === 0 ? [`${objectKey(policy)}/${i}`] : [],
        ),
      );
  return [...matching(workloadPolicies, false), ...matching(gatewayPolicies, true)];
}

/** Reasons from AuthorizationPolicies and RequestAuthentications. */
export const policyReasons = (context: Context): Reason[] => [
  ...context.observation.log.flatMap((entry) => [
    ...denialReasons(entry, context),
    ...refusedTokenReasons(entry, context),
  ]),
  ...undeniedReasons(context),
];
