import assert from "node:assert/strict";
import { draws } from "../../simulation/draw";
import { simulate } from "../../simulation/simulate";

describe("draws", () => {
  for (const [n, p] of [
    [20, 0.05],
    [400, 0.05],
    [400, 0.9],
    [12_000, 0.1],
  ] as const)
    it(`of ${n} at ${p} have the mean and the deviation of the binomial`, () => {
      const draw = draws(7);
      const counts = Array.from({ length: 20_000 }, () => draw(n, p));
      const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
      const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
      const expected = n * p * (1 - p);
      assert.ok(Math.abs(mean - n * p) < 5 * Math.sqrt(expected / counts.length), `mean ${mean}`);
      assert.ok(Math.abs(variance / expected - 1) < 0.06, `variance ${variance}`);
    });
});

describe("simulated rollouts", function () {
  this.timeout(60_000);
  const results = new Map<string, ReturnType<typeof simulate>[number]>();
  const of = (scenario: string, policy = "sequential") => {
    const result = results.get(`${scenario} ${policy}`);
    assert.ok(result, `${scenario} ${policy}`);
    return result;
  };
  before(() => {
    for (const result of simulate(1000)) results.set(`${result.scenario} ${result.policy}`, result);
  });

  it("roll a good canary back in at most 1 % of runs", () => {
    assert.ok(of("no difference").rolledBack <= 0.01);
    assert.ok(of("no difference").promoted >= 0.99);
  });

  it("never promote a canary with 1 % errors or more, nor one that is slower by half", () => {
    for (const scenario of ["1 % errors", "5 % errors", "50 % errors", "slower by half"])
      assert.equal(of(scenario).promoted, 0, scenario);
    assert.ok(of("0.5 % errors").promoted <= 0.005);
  });

  it("serve at least five times fewer bad answers than the defaults of Flagger and Argo Rollouts", () => {
    for (const scenario of ["0.5 % errors", "1 % errors", "5 % errors", "50 % errors", "slower by half"])
      for (const policy of ["Flagger", "Argo Rollouts"])
        assert.ok(
          of(scenario).bad * 5 <= of(scenario, policy).bad,
          `${scenario}: ${of(scenario).bad} and ${of(scenario, policy).bad}`,
        );
  });

  it("pause, and never promote or roll back, where nothing is measured or both versions are bad", () => {
    for (const scenario of ["silent", "both 20 % errors"]) assert.equal(of(scenario).paused, 1, scenario);
  });
});
