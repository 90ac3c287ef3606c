import type { UserObject } from "../../manifests/objects";
import { titleOf } from "../../manifests/objects";
import type { Reason } from "../../report/result";
import { type Context, endedWith } from "../context";
import { partsOf, policyRules } from "../policyRules";
import { policiesPassed, targetPolicies } from "../policyScope";
import type { Mistake } from "./mistake";

/** Reason from the rules of a policy about the direct peer's address, or about the address in x-forwarded-for. */
function addressRule(policy: UserObject, { caller }: Context, peer: string): Reason | undefined {
  const title = titleOf(policy);
  for (const [i, rule] of policyRules(policy).entries()) {
    const [direct] = partsOf(rule, "ipBlocks", "source.ip");
    if (direct) {
      const isCondition = direct.name === "source.ip";
      return {
        text: `${direct.name} of ${title} ${isCondition ? "is" : "are"} compared with the direct peer's address, which is that of ${peer}, and never with x-forwarded-for`,
        place: policy.$.placeOf(["spec", "rules", i, ...direct.path]),
        fix: `${isCondition ? "key: remote.ip" : "remoteIpBlocks"}, ${caller.outside ? "with numTrustedProxies set for the gateway" : "if every caller in the mesh may write x-forwarded-for as it likes"}`,
      };
    }
    const [remote] = partsOf(rule, "remoteIpBlocks", "remote.ip");
    if (!remote) continue;
    const subject = `${remote.name} of ${title} ${remote.name === "remote.ip" ? "is" : "are"}`;
    const place = policy.$.placeOf(["spec", "rules", i, ...remote.path]);
    return caller.outside
      ? {
          text: `${subject} compared with the address in x-forwarded-for that the number of trusted proxies (numTrustedProxies) counts from the right; with none, the header is not believed`,
          place,
          fix: "set numTrustedProxies to the number of proxies in front of the gateway",
        }
      : {
          text: `${subject} compared with the last address in x-forwarded-for, which a caller in the mesh writes as it likes`,
          place,
          fix: "principals or namespaces, which come from the caller's certificate",
        };
  }
  return undefined;
}

/** A rule about addresses, for a request that came through a gateway or with x-forwarded-for. */
const addressOfProxy: Mistake = (context) => {
  const { caller, testCase } = context;
  if (!caller.outside && !testCase.request.headers?.["x-forwarded-for"]) return undefined;
  const { workloadPolicies, gatewayPolicies } = policiesPassed(context);
  const denying = endedWith(context, 403) ? targetPolicies(context, "AuthorizationPolicy") : [];
  for (const policy of new Set([...workloadPolicies, ...gatewayPolicies, ...denying])) {
    const outsidePeer = gatewayPolicies.includes(policy) ? "whoever connects to the gateway" : "the gateway";
    const reason = addressRule(policy, context, caller.outside ? outsidePeer : "the caller's pod");
    if (reason) return reason;
  }
  return undefined;
};

export const mistakesOfAddresses: readonly Mistake[] = [addressOfProxy];
