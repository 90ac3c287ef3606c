import type { UserObject } from "../../manifests/objects";
import { titleOf } from "../../manifests/objects";
import { arrivalOf } from "../../requests/observation";
import { type Context, endedWith, expectsDenial, hostHeader, pathOf } from "../context";
import { actionOf, policyRules } from "../policyRules";
import { policiesPassed, targetPolicies } from "../policyScope";
import { type Mistake, onlyIf } from "./mistake";

const isDenied = (context: Context): boolean => endedWith(context, 403) || context.observation.answer.grpcStatus === 7;

/** True if the case expects that a policy denies a request that passed. */
const isLetIn = (context: Context): boolean => expectsDenial(context) && endedWith(context, 200);

/** Policies of the workload that answered, and of the gateway that the request came through. */
const allPassed = (context: Context): UserObject[] => {
  const { workloadPolicies, gatewayPolicies } = policiesPassed(context);
  return [...workloadPolicies, ...gatewayPolicies];
};

/** Policies of the called workload with an action. */
const policiesWith = (context: Context, action: string): UserObject[] =>
  targetPolicies(context, "AuthorizationPolicy").filter((policy) => actionOf(policy) === action);

const dryRun = "istio.io/dry-run";

/** A policy in a dry run, whose denials proxies only log. */
const dryRunPolicy: Mistake = (context) => {
  const policy = allPassed(context).find(({ metadata }) => metadata.annotations?.[dryRun] === "true");
  return (
    policy && {
      text: `${titleOf(policy)} has ${dryRun}: "true": proxies only log what it would deny`,
      place: policy.$.placeOf(["metadata", "annotations", dryRun]),
      fix: `remove the annotation ${dryRun}`,
    }
  );
};

/** A rule without conditions, which allows everything. */
const emptyRule: Mistake = (context) => {
  for (const policy of allPassed(context).filter((candidate) => actionOf(candidate) === "ALLOW")) {
    const index = policyRules(policy).findIndex(({ from, to, when }) => !from && !to && !when);
    if (index >= 0)
      return {
        text: `a rule of ${titleOf(policy)} has no conditions, so it allows every request; a policy without rules allows none`,
        place: policy.$.placeOf(["spec", "rules", index]),
        fix: "spec: {}",
      };
  }
  return undefined;
};

/** A path that notPaths has exactly, for a request below it. */
const belowNotPath: Mistake = (context) => {
  const path = pathOf(context);
  const folderOf = (allowed: string) => allowed.replace(/\/$/, "");
  for (const policy of policiesWith(context, "DENY"))
    for (const [i, { to = [] }] of policyRules(policy).entries()) {
      const exact = to
        .flatMap(({ operation = {} }) => operation["notPaths"] ?? [])
        .find((allowed) => !allowed.includes("*") && allowed !== "/" && path.startsWith(`${folderOf(allowed)}/`));
      if (exact)
        return {
          text: `notPaths of ${titleOf(policy)} has ${exact} only: ${path} is another path, so the rule denies it`,
          place: policy.$.placeOf(["spec", "rules", i, "to"]),
          fix: `notPaths: [${exact}, "${folderOf(exact)}/*"]`,
        };
    }
  return undefined;
};

/** A browser's preflight, which carries no token. */
const preflight: Mistake = (context) => {
  const { request } = context.testCase;
  if (request.method !== "OPTIONS" || request.token) return undefined;
  const policy = targetPolicies(context, "AuthorizationPolicy").find(({ spec }) =>
    /"(requestPrincipals|key":"request\.auth)/.test(JSON.stringify(spec)),
  );
  return (
    policy && {
      text: `${titleOf(policy)} requires a token, and a browser sends its preflight (OPTIONS) without one`,
      place: policy.$.placeOf(["spec", "rules"]),
      fix: "a rule more with methods: [OPTIONS]",
    }
  );
};

/** A token that the proxy removes after it has checked it. */
const tokenRemoved: Mistake = (context) => {
  const { expect } = context.testCase;
  const wanted = expect.requestHeaders?.["authorization"];
  const arrival = arrivalOf(context.observation);
  if (wanted === undefined || wanted === "absent" || !arrival || arrival.headers["authorization"]) return undefined;
  for (const rule of targetPolicies(context, "RequestAuthentication")) {
    const rules = (rule.spec?.jwtRules ?? []) as { forwardOriginalToken?: boolean }[];
    const index = rules.findIndex(({ forwardOriginalToken }) => !forwardOriginalToken);
    if (index >= 0)
      return {
        text: `${titleOf(rule)} removes the token once it is checked`,
        place: rule.$.placeOf(["spec", "jwtRules", index]),
        fix: "forwardOriginalToken: true",
      };
  }
  return undefined;
};

/** A host of a policy without the port that the request's Host header has. */
const hostWithPort: Mistake = (context) => {
  const [, port] = /:(\d+)$/.exec(hostHeader(context)) ?? [];
  if (!port) return undefined;
  const bare = hostHeader(context).replace(/:\d+$/, "");
  for (const policy of policiesWith(context, "ALLOW"))
    for (const [i, { to = [] }] of policyRules(policy).entries())
      if (to.some(({ operation = {} }) => operation["hosts"]?.includes(bare)))
        return {
          text: `hosts of ${titleOf(policy)} has ${bare}, and the Host header of the request is ${bare}:${port}`,
          place: policy.$.placeOf(["spec", "rules", i, "to"]),
          fix: `hosts: ["${bare}", "${bare}:*"]`,
        };
  return undefined;
};

export const mistakesOfPolicies: readonly Mistake[] = [
  ...onlyIf(isLetIn, [dryRunPolicy, emptyRule]),
  ...onlyIf(isDenied, [belowNotPath, hostWithPort, preflight]),
  tokenRemoved,
];
