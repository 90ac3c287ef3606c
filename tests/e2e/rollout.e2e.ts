import assert from "node:assert/strict";
import { type RolloutOptions, rollout } from "../../automation";
import type { Target } from "../../host/http";
import { Environment } from "../support/environment";
import { Load } from "../support/load";
import { behave, type VersionBehaviour } from "../support/versions";

const name = "e2e-rollout";
const usualRate = 100;
/** Milliseconds that a client waits: longer than the gateway may take to see that a version hangs. */
const clientPatience = 90_000;

interface Case {
  readonly v1: VersionBehaviour;
  readonly v2: VersionBehaviour;
  readonly sources: readonly ("probes" | "gateway")[];
  readonly end: "promoted" | "rolled back";
  /** Requests a second. @default 100 */
  readonly perSecond?: number;
}

const both = ["probes", "gateway"] as const;
const cases: readonly Case[] = [
  { v1: "healthy", v2: "hangs in 10 %", sources: both, end: "rolled back" },
  { v1: "healthy", v2: "is cut off in 2 %", sources: both, end: "rolled back" },
  { v1: "healthy", v2: "answers 404", sources: both, end: "rolled back" },
  { v1: "healthy", v2: "starts cold", sources: both, end: "promoted" },
  { v1: "fails in 20 %", v2: "healthy", sources: both, end: "promoted" },
  // one point is little beside 1 % of errors, so this takes thousands of requests
  { v1: "fails in 1 %", v2: "fails in 1 %", sources: both, end: "promoted", perSecond: 190 },
];

describe("a rollout on the real gateway", function () {
  this.timeout(600_000);
  let environment: Environment;
  let load: Load;
  let target: Target & { tls: { ca: string } };

  before(async () => {
    environment = await Environment.open(name, { canaryWeight: "0", agents: "0" });
    Object.assign(process.env, environment.stack.workspace.envVars);
    await environment.up();
    const tls = { ca: await environment.output<string>("caPem") };
    target = { host: "helloworld.istio.localhost", address: "127.0.0.1", port: environment.ports.httpsPort, tls };
  });
  after(() => environment?.destroy());

  /** Runs one rollout from 0 %, by requests of its own or by those of other clients. */
  async function roll(options: Partial<RolloutOptions> & Pick<RolloutOptions, "rate">) {
    await environment.set("canaryWeight", "0");
    await environment.up();
    const lines: string[] = [];
    if (options.source === "gateway") load = new Load(target, options.rate, 100_000, clientPatience);
    try {
      const outcome = await rollout(name, { warmUp: 10, patience: 480, ...options }, (line) => lines.push(line));
      return { ...outcome, text: lines.join("\n") };
    } finally {
      await load?.end();
    }
  }

  for (const { v1, v2, sources, end, perSecond = usualRate } of cases)
    describe(`of a version 2 that ${v2} beside a version 1 that ${v1}`, () => {
      before(async () => {
        await behave(environment, "v1", v1);
        await behave(environment, "v2", v2);
      });
      for (const source of sources)
        it(`is ${end} by ${source}`, async () => {
          const steps = source === "probes" && end === "promoted" ? [50, 100] : [50];
          const result = await roll({ source, steps, rate: perSecond });
          assert.equal(result.end, end, result.text);
        });
    });
});
