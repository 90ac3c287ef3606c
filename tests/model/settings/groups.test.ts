import assert from "node:assert/strict";
import { type KeyName, settingKeys } from "../../../model/settings/contract";
import { groupSettings } from "../../../model/settings/groups";
import { parseSettings } from "../../../model/settings/parse";

const { settings } = parseSettings({});
assert.ok(settings);

/** Settings of an upgrade, in which each of its two keys has an effect. */
const upgrade = { nextIstioVersion: "1.31.0", nextIstioStage: "istiod" };
const other: Partial<Record<KeyName, string>> = { nextIstioVersion: "1.31.1", nextIstioStage: "app" };

/** Names of the groups that change with the value of a key. */
function groupsWith(key: KeyName): string[] {
  const before = {
    ...settings,
    ...(key in upgrade && upgrade),
    ...(key === "gatewayApiRepository" && { routing: "gateway-api" }),
  };
  const groups = (values: object) => Object.entries(groupSettings(values as never));
  const changed = groups({ ...before, [key]: other[key] ?? `value of ${key}` });
  return groups(before).flatMap(([name, group], i) =>
    JSON.stringify(group) === JSON.stringify(changed[i]?.[1]) ? [] : [name],
  );
}

describe("the settings of the components", () => {
  it("give each secret to the one component that uses it", () => {
    const secrets = (Object.keys(settingKeys) as KeyName[]).filter((key) => settingKeys[key].secret);
    assert.deepEqual(Object.fromEntries(secrets.map((key) => [key, groupsWith(key)])), {
      pullSecret: ["cluster"],
      metallbChartAuth: ["loadBalancer"],
      istioChartAuth: ["mesh"],
      loginClientSecret: ["authentication"],
    });
  });

  it("reach a component with every key but allowedContexts, which only protects from a wrong context", () => {
    const unused = (Object.keys(settingKeys) as KeyName[]).filter((key) => groupsWith(key).length === 0);
    assert.deepEqual(unused, ["allowedContexts"]);
  });
});
