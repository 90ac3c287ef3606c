import assert from "node:assert/strict";
import fc from "fast-check";
import { type KeyName, settingKeys } from "../../../model/settings/contract";
import { parseSettings, problemsOf, problemsText } from "../../../model/settings/parse";
import { clashes, refused } from "../../support/refused";

const keysAtFault = (config: Readonly<Record<string, string>>) => parseSettings(config).problems.map(({ key }) => key);

describe("the validation of a configuration", () => {
  it("reads an empty configuration as all defaults", () => {
    const { settings, problems } = parseSettings({});
    assert.deepEqual(problems, []);
    for (const [name, key] of Object.entries(settingKeys)) assert.equal(settings?.[name as KeyName], key.default, name);
  });

  it("has a table of at least 100 refused configurations that covers every key", () => {
    const count = Object.values(refused).flat().length + clashes.length;
    assert.ok(count >= 100, `${count} configurations`);
    assert.deepEqual(Object.keys(refused).sort(), Object.keys(settingKeys).sort());
  });

  for (const [key, values] of Object.entries(refused))
    it(`refuses ${key} = ${values.map((value) => JSON.stringify(value).slice(0, 24)).join(", ")}`, () => {
      for (const value of values) assert.deepEqual(keysAtFault({ [key]: value }), [key], value);
    });

  for (const [config, key] of clashes)
    it(`refuses ${JSON.stringify(config)} by naming ${key}`, () => {
      assert.deepEqual(keysAtFault(config), [key]);
    });

  it("names every problem at once, with key, value, what is allowed and what to do", () => {
    const { problems } = parseSettings({ canaryWeight: "101", canaryWieght: "5", mtlsMode: "strict", zone: "x" });
    assert.equal(
      problemsText(problems),
      [
        "4 problems in the stack's configuration, nothing was changed:",
        "  canaryWieght is not a key; did you mean canaryWeight?; fix: npm run pulumi -- config rm canaryWieght",
        "  zone is not a key; fix: npm run pulumi -- config rm zone",
        '  mtlsMode = "strict" must be one of PERMISSIVE, STRICT, DISABLE; fix: npm run pulumi -- config set mtlsMode STRICT',
        '  canaryWeight = "101" must be an integer from 0 to 100; fix: npm run pulumi -- config set canaryWeight 10',
      ].join("\n"),
    );
  });

  it("shows no part of a secret, and requires it to be encrypted", () => {
    const raw = { pullSecret: "hunter2", istioChartAuth: "user:hunter3" };
    const problems = problemsOf(raw, { plain: ["istioChartAuth"] });
    assert.equal(
      problemsText(problems),
      [
        "2 problems in the stack's configuration, nothing was changed:",
        '  pullSecret must be none or JSON such as {"auths":{"ghcr.io":{"auth":"dXNlcjpwYXNz"}}}; fix: npm run pulumi -- config set pullSecret none',
        "  istioChartAuth must be encrypted, and stands as plain text in the stack's file; fix: npm run pulumi -- config set --secret istioChartAuth",
      ].join("\n"),
    );
  });

  it("names the right port when the configuration has the port of the Service instead of the container's", () => {
    assert.match(
      problemsText(parseSettings({ mtlsPort: "80" }).problems),
      /mtlsPort = "80" must be a container port of helloworld, 8080; the Service's port 80 has no effect here; fix: npm run pulumi -- config set mtlsPort 8080$/,
    );
  });

  /** A configuration after the remedy of each of its problems was followed. */
  const afterRemedies = (config: Readonly<Record<string, string>>) => {
    const mended: Record<string, string> = { ...config };
    for (const { remedy } of parseSettings(config).problems) {
      const [command] = remedy;
      assert.ok(remedy.length === 1 && typeof command === "object", JSON.stringify(remedy));
      if (command.command === "config rm") delete mended[command.key];
      // Pulumi prompts for the value of a secret
      else if (command.command === "config set") mended[command.key] = command.value ?? "typed";
      else assert.fail(command.command);
    }
    return mended;
  };

  it("has remedies that lead to an accepted configuration in at most two rounds", () => {
    const broken = [
      ...Object.entries(refused).flatMap(([key, values]) => values.map((value) => ({ [key]: value }))),
      ...clashes.map(([config]) => config),
    ];
    for (const config of broken)
      assert.deepEqual(parseSettings(afterRemedies(afterRemedies(config))).problems, [], JSON.stringify(config));
  });

  it("never throws and never accepts what it also refuses, whatever the texts", () => {
    const anyConfig = fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(settingKeys)), fc.string()), fc.string(), {
      maxKeys: 6,
    });
    fc.assert(
      fc.property(anyConfig, (config) => {
        const { settings, problems } = parseSettings(config);
        assert.equal(settings === undefined, problems.length > 0);
      }),
    );
  });

  it("keeps every accepted weight as it was written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), (weight) => {
        assert.equal(parseSettings({ canaryWeight: String(weight) }).settings?.canaryWeight, weight);
      }),
    );
  });
});
