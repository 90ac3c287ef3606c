import { resultOf } from "../../requests/observation";
import { objectTitle } from "../context";
import { partsOf, rulesOf } from "../policyRules";
import { policiesPassed, targetPolicies } from "../policyScope";
import type { Mistake } from "./mistake";

/** A rule about addresses for a request that came through a gateway or another proxy. */
const addressOfProxy: Mistake = (context) => {
  const { caller, testCase, observation } = context;
  const { workloadPolicies, gatewayPolicies } = policiesPassed(context);
  const isDenied = Number(resultOf(observation)) === 403;
  const policies = isDenied
    ? [...new Set([...workloadPolicies, ...gatewayPolicies, ...targetPolicies(context, "AuthorizationPolicy")])]
    : [...workloadPolicies, ...gatewayPolicies];
  if (!(caller.outside || testCase.request.headers?.["x-forwarded-for"])) return undefined;
  for (const policy of policies) {
    const isOfGateway = gatewayPolicies.includes(policy) && !workloadPolicies.includes(policy);
    const peer = caller.outside
      ? isOfGateway
        ? "whoever connects to the gateway"
        : "the gateway"
      : "the caller's pod";
    for (const [i, rule] of rulesOf(policy).entries()) {
      const [direct] = partsOf(rule, "ipBlocks", "source.ip");
      const [remote] = partsOf(rule, "remoteIpBlocks", "remote.ip");
      if (direct) {
        const isCondition = direct.name === "source.ip";
        return {
          text: `${direct.name} of ${objectTitle(policy)} ${isCondition ? "is" : "are"} compared with the direct peer's address, which is that of ${peer}, and never with x-forwarded-for`,
          place: policy.$.placeOf(["spec", "rules", i, ...direct.path]),
          fix: `${isCondition ? "key: remote.ip" : "remoteIpBlocks"}, ${caller.outside ? "with numTrustedProxies set for the gateway" : "if every caller in the mesh may write x-forwarded-for as it likes"}`,
        };
      }
      if (!remote) continue;
      const begin = `${remote.name} of ${objectTitle(policy)} ${remote.name === "remote.ip" ? "is" : "are"} compared with`;
      const place = policy.$.placeOf(["spec", "rules", i, ...remote.path]);
      if (!caller.outside)
        return {
          text: `${begin} the last address in x-forwarded-for, which a caller in the mesh writes as it likes`,
          place,
          fix: "principals or namespaces, which come from the caller's certificate",
        };
      return {
        text: `${begin} the address in x-forwarded-for that the number of trusted proxies (numTrustedProxies) counts from the right; with none, the header is not believed`,
        place,
        fix: "set numTrustedProxies to the number of proxies in front of the gateway",
      };
    }
  }
  return undefined;
};

export const mistakesOfAddresses: readonly Mistake[] = [addressOfProxy];
