import assert from "node:assert/strict";
import { type RolloutOptions, rollout } from "../../automation";
import type { Target } from "../../host/http";
import { Environment } from "../support/environment";
import { Load } from "../support/load";
import { isNightly } from "../support/nightly";
import { behave, type VersionBehaviour } from "../support/versions";

const name = "e2e-rollout";
const perSecond = 100;
/** Milliseconds that a client waits: longer than the gateway may take to see that a version hangs. */
const clientPatience = 90_000;

const sources = ["probes", "gateway"] as const;

interface Case {
  readonly v1: VersionBehaviour;
  readonly v2: VersionBehaviour;
  /** Source of every run. The other one is tried every night. */
  readonly always: (typeof sources)[number];
  readonly end: "promoted" | "rolled back";
}

const cases: readonly Case[] = [
  { v1: "is healthy", v2: "hangs in 10 %", always: "gateway", end: "rolled back" },
  { v1: "is healthy", v2: "is cut off in 2 %", always: "probes", end: "rolled back" },
  { v1: "is healthy", v2: "answers 404", always: "probes", end: "rolled back" },
  { v1: "is healthy", v2: "starts cold", always: "gateway", end: "promoted" },
  { v1: "fails in 20 %", v2: "is healthy", always: "gateway", end: "promoted" },
];

describe("a rollout on the real gateway", function () {
  this.timeout(600_000);
  let environment: Environment;
  let load: Load;
  let isAtZero = true;
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
  async function roll(options: Partial<RolloutOptions>) {
    if (!isAtZero) {
      await environment.set("canaryWeight", "0");
      await environment.up();
    }
    isAtZero = false;
    const lines: string[] = [];
    if (options.source === "gateway") load = new Load(target, perSecond, 100_000, clientPatience);
    try {
      const outcome = await rollout(name, { warmUp: 10, patience: 240, rate: perSecond, ...options }, (line) =>
        lines.push(line),
      );
      isAtZero = outcome.end === "rolled back";
      return { ...outcome, text: lines.join("\n") };
    } finally {
      await load?.end();
    }
  }

  for (const { v1, v2, always, end } of cases)
    describe(`of a version 2 that ${v2} beside a version 1 that ${v1}`, () => {
      before(async () => {
        await behave(environment, "v1", v1);
        await behave(environment, "v2", v2);
      });
      for (const source of sources.filter((source) => isNightly || source === always))
        it(`is ${end} by ${source}`, async () => {
          const steps = source === "probes" && end === "promoted" ? [50, 100] : [50];
          const result = await roll({ source, steps });
          assert.equal(result.end, end, result.text);
        });
    });
});
