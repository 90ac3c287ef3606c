import type { UserObject } from "../../manifests/objects";
import { arrivalOf, resultOf } from "../../requests/observation";
import { type Context, hostHeader, objectTitle, pathOf } from "../context";
import { actionOf, rulesOf } from "../policyRules";
import { policiesPassed, targetPolicies } from "../policyScope";
import type { Mistake } from "./mistake";

const wantsDenial = ({ testCase: { expect } }: Context): boolean =>
  expect.status?.some((status) => status === 401 || status === 403) ?? false;
const isDenied = ({ observation }: Context): boolean =>
  resultOf(observation) === 403 || observation.answer.grpcStatus === 7;

const passed = (context: Context): UserObject[] => {
  const { workloadPolicies, gatewayPolicies } = policiesPassed(context);
  return [...workloadPolicies, ...gatewayPolicies];
};

const dryRun = "istio.io/dry-run";

/** A policy that a proxy only pretends to apply. */
const rehearsed: Mistake = (context) => {
  if (!wantsDenial(context) || resultOf(context.observation) !== 200) return undefined;
  const policy = passed(context).find(({ metadata }) => metadata.annotations?.[dryRun] === "true");
  return (
    policy && {
      text: `${objectTitle(policy)} has ${dryRun}: "true": proxies only log what it would deny`,
      place: policy.$.placeOf(["metadata", "annotations", dryRun]),
      fix: `remove the annotation ${dryRun}`,
    }
  );
};

/** A rule without conditions, which allows everything. */
const emptyRule: Mistake = (context) => {
  if (!wantsDenial(context) || resultOf(context.observation) !== 200) return undefined;
  for (const policy of passed(context).filter((candidate) => actionOf(candidate) === "ALLOW")) {
    const index = rulesOf(policy).findIndex(({ from, to, when }) => !from && !to && !when);
    if (index >= 0)
      return {
        text: `a rule of ${objectTitle(policy)} has no conditions, so it allows every request; a policy without rules allows none`,
        place: policy.$.placeOf(["spec", "rules", index]),
        fix: "spec: {}",
      };
  }
  return undefined;
};

/** A path that notPaths has exactly, for a request below it. */
const belowNotPath: Mistake = (context) => {
  if (!isDenied(context)) return undefined;
  const path = pathOf(context);
  for (const policy of targetPolicies(context, "AuthorizationPolicy").filter(
    (candidate) => actionOf(candidate) === "DENY",
  ))
    for (const [i, { to = [] }] of rulesOf(policy).entries()) {
      const exact = to
        .flatMap(({ operation = {} }) => operation["notPaths"] ?? [])
        .find(
          (allowedPath) =>
            !allowedPath.includes("*") && allowedPath !== "/" && path.startsWith(`${allowedPath.replace(/\/$/, "")}/`),
        );
      if (exact)
        return {
          text: `notPaths of ${objectTitle(policy)} has ${exact} only: ${path} is another path, so the rule denies it`,
          place: policy.$.placeOf(["spec", "rules", i, "to"]),
          fix: `notPaths: [${exact}, "${exact.replace(/\/$/, "")}/*"]`,
        };
    }
  return undefined;
};

/** A browser's preflight, which carries no token. */
const preflight: Mistake = (context) => {
  const { request } = context.testCase;
  if (request.method !== "OPTIONS" || !isDenied(context) || request.token) return undefined;
  const policy = targetPolicies(context, "AuthorizationPolicy").find(({ spec }) =>
    /"(requestPrincipals|key":"request\.auth)/.test(JSON.stringify(spec)),
  );
  return (
    policy && {
      text: `${objectTitle(policy)} requires a token, and a browser sends its preflight (OPTIONS) without one`,
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
        text: `${objectTitle(rule)} removes the token once it is checked`,
        place: rule.$.placeOf(["spec", "jwtRules", index]),
        fix: "forwardOriginalToken: true",
      };
  }
  return undefined;
};

/** A host of a policy without the port that the request's Host header has. */
const hostWithPort: Mistake = (context) => {
  const [, port] = /:(\d+)$/.exec(hostHeader(context)) ?? [];
  if (!port || !isDenied(context)) return undefined;
  const bare = hostHeader(context).replace(/:\d+$/, "");
  for (const policy of targetPolicies(context, "AuthorizationPolicy").filter(
    (candidate) => actionOf(candidate) === "ALLOW",
  ))
    for (const [i, { to = [] }] of rulesOf(policy).entries())
      if (to.some(({ operation = {} }) => operation["hosts"]?.includes(bare)))
        return {
          text: `hosts of ${objectTitle(policy)} has ${bare}, and the Host header of the request is ${bare}:${port}`,
          place: policy.$.placeOf(["spec", "rules", i, "to"]),
          fix: `hosts: ["${bare}", "${bare}:*"]`,
        };
  return undefined;
};

export const mistakesOfPolicies: readonly Mistake[] = [
  rehearsed,
  emptyRule,
  belowNotPath,
  hostWithPort,
  preflight,
  tokenRemoved,
];
