import { titleOf } from "../../manifests/objects";
import { arrivalOf, peerOf } from "../../requests/observation";
import { endedWith, expectsDenial, ofKind } from "../context";
import { actionOf, partsOf, policyRules } from "../policyRules";
import { targetPolicies, targetService } from "../policyScope";
import type { Mistake } from "./mistake";

/** A RequestAuthentication alone, which lets requests without a token pass. */
const tokenOptional: Mistake = (context) => {
  const { request } = context.testCase;
  if (!expectsDenial(context) || !endedWith(context, 200)) return undefined;
  if (request.token || request.headers?.["authorization"]) return undefined;
  const rule =
    targetPolicies(context, "RequestAuthentication")[0] ??
    (context.caller.outside ? ofKind(context.objects, "RequestAuthentication")[0] : undefined);
  return (
    rule && {
      text: `${titleOf(rule)} rejects wrong tokens, and lets requests without a token pass`,
      place: rule.$.place,
      fix: "add an AuthorizationPolicy that requires requestPrincipals; it answers 403",
    }
  );
};

/** Conditions in separate rules. One that matches is enough. */
const separateRules: Mistake = (context) => {
  const isLetIn = expectsDenial(context) && endedWith(context, 200);
  const isShutOut = !expectsDenial(context) && endedWith(context, 403);
  if (!isLetIn && !isShutOut) return undefined;
  const action = isLetIn ? "ALLOW" : "DENY";
  for (const policy of targetPolicies(context, "AuthorizationPolicy")) {
    if (actionOf(policy) !== action) continue;
    const rules = policyRules(policy);
    const index = rules.findIndex(({ from, to }, i) => i > 0 && to && !from && rules[i - 1]?.from && !rules[i - 1]?.to);
    if (index >= 0)
      return {
        text: `rules ${index} and ${index + 1} of ${titleOf(policy)} are alternatives: one match is enough`,
        place: policy.$.placeOf(["spec", "rules", index]),
        fix: "remove the dash before to, so that from and to are one rule",
      };
  }
  return undefined;
};

/** A policy that names the Service's port, although policies compare the pod's. */
const servicePort: Mistake = (context) => {
  const service = targetService(context);
  if (!service) return undefined;
  const targets = service.ports.map(({ target }) => target);
  for (const policy of targetPolicies(context, "AuthorizationPolicy"))
    for (const [i, rule] of policyRules(policy).entries())
      for (const { name, values, path } of partsOf(rule, "ports", "destination.port")) {
        const wrong = values
          .map(Number)
          .find((port) => !targets.includes(port) && service.ports.some(({ number }) => number === port));
        if (wrong === undefined) continue;
        const right = service.ports.find(({ number }) => number === wrong)?.target;
        return {
          text: `${name} of ${titleOf(policy)} ${name === "ports" ? "are those of the pod" : "is the pod's port"}: the Service's port ${wrong} leads to ${targets.join(", ")}`,
          place: policy.$.placeOf(["spec", "rules", i, ...path]),
          fix: name === "ports" ? `ports: ["${right}"]` : `values: ["${right}"]`,
        };
      }
  for (const mode of targetPolicies(context, "PeerAuthentication")) {
    const wrong = Object.keys(mode.spec?.portLevelMtls ?? {}).find((port) => !targets.includes(Number(port)));
    if (wrong !== undefined)
      return {
        text: `portLevelMtls of ${titleOf(mode)} has port ${wrong}, and the pod listens on ${targets.join(", ")}: it has no effect`,
        place: mode.$.placeOf(["spec", "portLevelMtls", wrong]),
        fix: `portLevelMtls: { ${service.ports.find(({ number }) => number === Number(wrong))?.target ?? targets[0]}: ... }`,
      };
  }
  return undefined;
};

/** Trust domain of the environment's mesh, which is Istio's default. */
const trustDomain = "cluster.local";

/** A principal that no peer can have. */
const principalForm: Mistake = (context) => {
  for (const policy of targetPolicies(context, "AuthorizationPolicy"))
    for (const [i, rule] of policyRules(policy).entries())
      for (const { name, values, path } of partsOf(rule, "principals", "source.principal")) {
        const wrong = values.find((principal) => principal.startsWith("spiffe://"));
        const foreign = values.find(
          (principal) => /^[^*/]+\/ns\/[^/]+\/sa\//.test(principal) && !principal.startsWith(`${trustDomain}/`),
        );
        const place = policy.$.placeOf(["spec", "rules", i, ...path]);
        if (foreign)
          return {
            text: `the trust domain of this mesh is ${trustDomain}, so ${foreign} in ${titleOf(policy)} matches nobody`,
            place,
            fix: foreign.replace(/^[^/]+/, "*"),
          };
        if (wrong)
          return {
            text: `${name} of ${titleOf(policy)} ${name === "principals" ? "have" : "has"} no spiffe://: ${wrong} matches nobody`,
            place,
            fix: wrong.replace("spiffe://", ""),
          };
      }
  return undefined;
};

const identityFields =
  /"(principals|namespaces|serviceAccounts|notPrincipals|notNamespaces|notServiceAccounts|source\.(principal|namespace|serviceAccount))"/;

/** A rule about identities for a caller that has none. */
const noIdentity: Mistake = (context) => {
  const arrival = arrivalOf(context.observation);
  const isAnonymous = arrival ? peerOf(arrival) === "none" : context.caller.sidecar === false;
  if (!isAnonymous || context.caller.outside) return undefined;
  const policy = targetPolicies(context, "AuthorizationPolicy").find(({ spec }) =>
    identityFields.test(JSON.stringify(spec)),
  );
  return (
    policy && {
      text: `${titleOf(policy)} compares the peer's identity, and this request came as plain text, which has none`,
      place: policy.$.placeOf(["spec", "rules"]),
      fix: "mutual TLS for the caller: a sidecar, and no TLS mode DISABLE",
    }
  );
};

export const mistakesOfSecurity: readonly Mistake[] = [
  tokenOptional,
  separateRules,
  servicePort,
  principalForm,
  noIdentity,
];
