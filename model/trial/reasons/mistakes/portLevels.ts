import type { Expectation } from "../../format/cases";
import { rulesForHost } from "../../manifests/hosts";
import { type Context, objectTitle, sentTo } from "../context";
import type { Mistake } from "./mistake";

type Settings = Readonly<Record<string, unknown>>;
interface Policy extends Settings {
  readonly portLevelSettings?: readonly (Settings & { readonly port?: { readonly number?: number } })[];
}

/** Parts of a policy, with the keys of an expectation that they bring about. */
const effects: Readonly<Record<string, readonly (keyof Expectation)[]>> = {
  loadBalancer: ["sameWorkload", "by", "reached", "share"],
  connectionPool: ["status", "share"],
  outlierDetection: ["by", "reached", "share", "status"],
  tls: ["peer", "tls", "status"],
};

/** Settings of a DestinationRule that do not apply to a port, since the port has settings of its own. */
const replacedByPort: Mistake = (context: Context) => {
  const target = sentTo(context);
  const { expect } = context.testCase;
  if (!target) return undefined;
  for (const rule of rulesForHost(target.host, context.objects)) {
    const subsets = (rule.spec?.subsets ?? []) as { name: string; trafficPolicy?: Policy }[];
    const index = subsets.findIndex(({ name }) => name === target.subset);
    const ofSubset = subsets[index]?.trafficPolicy ?? {};
    const policies: readonly [Policy, (string | number)[]][] = [
      [ofSubset, ["spec", "subsets", index, "trafficPolicy"]],
      [(rule.spec?.trafficPolicy ?? {}) as Policy, ["spec", "trafficPolicy"]],
    ];
    for (const [policy, path] of policies) {
      const i = policy.portLevelSettings?.findIndex(({ port }) => port?.number === target.port) ?? -1;
      const settings = policy.portLevelSettings?.[i];
      const lost = Object.keys(effects).find(
        (key) =>
          policy[key] !== undefined &&
          settings?.[key] === undefined &&
          (policy === ofSubset || ofSubset[key] === undefined) &&
          effects[key]?.some((part) => expect[part] !== undefined),
      );
      if (!settings || !lost) continue;
      return {
        text: `portLevelSettings of ${objectTitle(rule)} replace its whole trafficPolicy for port ${target.port}: ${lost} beside them has no effect there`,
        place: rule.$.placeOf([...path, "portLevelSettings", i]),
        fix: `move ${lost} into the entry of port ${target.port}`,
      };
    }
  }
  return undefined;
};

export const mistakesOfPortLevels: readonly Mistake[] = [replacedByPort];
