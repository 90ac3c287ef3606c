import assert from "node:assert/strict";
import { binomialDraws } from "../../simulation/draw";
import { missesOf } from "../../simulation/goals";
import { policies, sequential } from "../../simulation/policies";
import { type Scenario, scenarios } from "../../simulation/scenarios";
import { type Result, runMany, type Setting, settings } from "../../simulation/simulate";
import { tableOf } from "../../simulation/table";

describe("draws", () => {
  for (const [n, p] of [
    [20, 0.05],
    [400, 0.05],
    [400, 0.9],
    [12_000, 0.1],
  ] as const)
    it(`of ${n} at ${p} have the mean and the deviation of the binomial`, () => {
      const draw = binomialDraws(7);
      const counts = Array.from({ length: 20_000 }, () => draw(n, p));
      const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
      const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
      const expected = n * p * (1 - p);
      assert.ok(Math.abs(mean - n * p) < 5 * Math.sqrt(expected / counts.length), `mean ${mean}`);
      assert.ok(Math.abs(variance / expected - 1) < 0.06, `variance ${variance}`);
    });
});

describe("simulated rollouts", function () {
  this.timeout(120_000);
  const name = ({ steps, perSecond }: Setting) => `with steps ${steps.join(",")} at ${perSecond} requests a second`;
  const runs = 30;
  // chance alone lets a rate of 1 % appear as often as this
  const fewOf = 0.07;

  for (const setting of settings)
    describe(name(setting), () => {
      const resultsByName = new Map<string, Result>();
      before(() => {
        for (const scenario of scenarios)
          resultsByName.set(scenario.name, runMany(scenario, sequential, setting, runs));
      });

      /** Results of the scenarios that meet a condition, of which there must be some. */
      function resultsOf(meets: (scenario: Scenario) => boolean): Result[] {
        const results = [...resultsByName.values()].filter(({ scenario }) => meets(scenario));
        assert.ok(results.length > 0);
        return results;
      }

      it("never promote a version 2 that is worse by a point or more", () => {
        for (const { scenario, promoted } of resultsOf(({ canaryIs, harm }) => canaryIs === "bad" && harm >= 0.01))
          assert.equal(promoted, 0, scenario.name);
      });

      it("hardly ever roll back a version 2 that is no worse", () => {
        for (const { scenario, rolledBack } of resultsOf(({ canaryIs }) => canaryIs !== "bad"))
          assert.ok(rolledBack <= fewOf, `${scenario.name}: ${rolledBack}`);
      });

      it("pause when nothing is measured or both versions fail", () => {
        for (const { scenario, paused } of resultsOf(({ canaryIs }) => canaryIs === "neither"))
          assert.ok(paused >= 1 - fewOf, scenario.name);
      });
    });

  describe("with enough traffic", () => {
    const [setting] = settings;
    assert.ok(setting);
    const scenario = (name: string) => {
      const known = scenarios.find((scenario) => scenario.name === name);
      assert.ok(known, name);
      return known;
    };

    for (const name of ["both 0 % errors", "both 0.5 % errors", "cold start", "stable 20 % errors, canary 0.1 %"])
      it(`promote: ${name}`, () => {
        assert.ok(runMany(scenario(name), sequential, setting, runs).promoted >= 1 - fewOf);
      });

    for (const name of [
      "0 % errors, canary 0.5 %",
      "0 % errors, canary 1 %",
      "0 % errors, canary 5 %",
      "0 % errors, canary 50 %",
      "hangs in 1 %, by gateway",
      "hangs in 10 %, by probes",
      "cuts off 2 %",
      "answers 404 to all",
      "slower by half",
      "5 % errors above weight 60",
    ])
      it(`roll back with a fifth of the bad requests of Flagger and Argo Rollouts: ${name}`, () => {
        const [ours, ...others] = policies.map((policy) => runMany(scenario(name), policy, setting, runs));
        assert.ok(ours && ours.rolledBack === 1);
        for (const { policy, bad } of others) assert.ok(ours.bad * 5 <= bad, `${policy}: ${bad}, here ${ours.bad}`);
      });
  });

  it("are listed if a goal is not met, with the actual ends", () => {
    const [setting] = settings;
    const scenario = scenarios.find(({ name }) => name === "0 % errors, canary 5 %");
    assert.ok(setting && scenario);
    const result = (policy: string, bad: number, ends: Partial<Result>): Result => ({
      ...{ ...setting, scenario, policy, bad, seconds: 0 },
      ...{ promoted: 0, rolledBack: 1, paused: 0, ...ends },
    });
    assert.deepEqual(missesOf(setting, [result("this project", 10, {}), result("Flagger", 50, {})]), []);
    const ours = result("this project", 11, { promoted: 0.002, rolledBack: 0.998 });
    assert.deepEqual(missesOf(setting, [ours, result("Flagger", 50, {}), result("Argo Rollouts", 90, {})]), [
      "| 5, 25, 50, 100 | 200 | 0 % errors, canary 5 % | promoted in 0.2 %; 11.0 bad requests, Flagger 50.0 | 99.8 % rolled back, 0.2 % promoted |",
    ]);
  });

  it("are shown as one row for each scenario", () => {
    const [setting] = settings;
    const [scenario] = scenarios;
    assert.ok(setting && scenario);
    const table = tableOf(
      setting,
      policies.map((policy) => runMany(scenario, policy, setting, 10)),
    );
    assert.match(table, /^### Steps 5, 25, 50, 100 at 200 requests a second\n/);
    assert.match(
      table,
      /\| both 0 % errors \| 100\.00 % \| 0\.00 % \| 0\.00 % \| 0\.0 \| \d+ \| 100\.00 % \| 0\.0 \| /,
    );
  });
});
