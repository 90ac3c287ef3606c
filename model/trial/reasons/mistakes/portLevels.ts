import type { Expectation } from "../../format/cases";
import { destinationRulesFor } from "../../manifests/hosts";
import { titleOf } from "../../manifests/objects";
import { sentTo } from "../context";
import { policyOf, portSettings, subsetPolicy } from "../trafficPolicies";
import type { Mistake } from "./mistake";

/** Settings of a policy, with the keys of an expectation that they bring about. */
const effects = {
  loadBalancer: ["sameWorkload", "by", "reached", "share"],
  connectionPool: ["status", "share"],
  outlierDetection: ["by", "reached", "share", "status"],
  tls: ["peer", "tls", "status"],
} as const satisfies Readonly<Record<string, readonly (keyof Expectation)[]>>;
const settingNames = Object.keys(effects) as (keyof typeof effects)[];

/** Settings of a DestinationRule that do not apply to a port, since the port has settings of its own. */
const replacedByPort: Mistake = (context) => {
  const target = sentTo(context);
  const { expect } = context.testCase;
  if (!target) return undefined;
  for (const rule of destinationRulesFor(target.host, context.objects)) {
    const ofSubset = subsetPolicy(rule, target.subset);
    const ofRule = { policy: policyOf(rule), path: ["spec", "trafficPolicy"] };
    for (const { policy, path } of [ofSubset, ofRule]) {
      const ofPort = portSettings(policy, target.port);
      if (!ofPort) continue;
      const lost = settingNames.find(
        (name) =>
          policy[name] !== undefined &&
          ofPort.settings[name] === undefined &&
          (policy === ofSubset.policy || ofSubset.policy[name] === undefined) &&
          effects[name].some((part) => expect[part] !== undefined),
      );
      if (!lost) continue;
      return {
        text: `portLevelSettings of ${titleOf(rule)} replace its whole trafficPolicy for port ${target.port}: ${lost} beside them has no effect there`,
        place: rule.$.placeOf([...path, ...ofPort.path]),
        fix: `move ${lost} into the entry of port ${target.port}`,
      };
    }
  }
  return undefined;
};

export const mistakesOfPortLevels: readonly Mistake[] = [replacedByPort];
