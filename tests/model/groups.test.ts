import assert from "node:assert/strict";
import { type KeyName, keys } from "../../model/settings/contract";
import { groupSettings } from "../../model/settings/groups";
import { parseSettings } from "../../model/settings/parse";

const { settings } = parseSettings({});
assert.ok(settings);

/** Names of the groups that contain the value of a key. */
function groupsWith(key: KeyName): string[] {
  const marker = `value of ${key}`;
  const groups = groupSettings({ ...settings, [key]: marker } as never);
  return Object.entries(groups).flatMap(([name, group]) => (Object.values(group).includes(marker) ? [name] : []));
}

describe("the settings of the components", () => {
  it("give each secret to the one component that uses it", () => {
    const secrets = (Object.keys(keys) as KeyName[]).filter((key) => keys[key].secret);
    assert.deepEqual(Object.fromEntries(secrets.map((key) => [key, groupsWith(key)])), {
      pullSecret: ["cluster"],
      metallbChartAuth: ["loadBalancer"],
      istioChartAuth: ["mesh"],
      loginClientSecret: ["authentication"],
    });
  });

  it("reach a component with every key but allowedContexts, which only protects from a wrong context", () => {
    const unused = (Object.keys(keys) as KeyName[]).filter((key) => groupsWith(key).length === 0);
    assert.deepEqual(unused, ["allowedContexts"]);
  });
});
