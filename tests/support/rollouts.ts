import assert from "node:assert/strict";
import { type RolloutOptions, rollout } from "../../automation";
import type { Target } from "../../host/http";
import type { Environment } from "./environment";
import { Load } from "./load";
import { behave, type VersionBehaviour } from "./versions";

const perSecond = 100;
const weight = "10";

/** A client of the app at the published port. */
export async function publishedApp(environment: Environment): Promise<Target & { tls: { ca: string } }> {
  const tls = { ca: await environment.output<string>("caPem") };
  return { host: "helloworld.istio.localhost", address: "127.0.0.1", port: environment.ports.httpsPort, tls };
}

/** Rolls version 2 out, by requests of its own or by those of other clients, and requires an end. */
async function ends(environment: Environment, options: Partial<RolloutOptions>, end: string): Promise<void> {
  const lines: string[] = [];
  const load = options.source === "gateway" ? new Load(await publishedApp(environment), perSecond, 100_000) : undefined;
  const all = {
    rate: perSecond,
    ...(options.action === undefined && { steps: [50], warmUp: 5 }),
    patience: 240,
    ...options,
  };
  const outcome = await rollout(environment.stack.name, all, (line) => lines.push(line)).finally(() => load?.end());
  assert.equal(outcome.end, end, lines.join("\n"));
}

async function back(environment: Environment): Promise<void> {
  await environment.set("canaryWeight", weight);
  await environment.up();
}

/** A rollout from the usual weight by a source. The weight is the usual one again afterwards. */
export async function rollsOut(
  environment: Environment,
  v2: VersionBehaviour,
  source: RolloutOptions["source"],
  end: "promoted" | "rolled back",
): Promise<void> {
  await behave(environment, "v2", v2);
  await ends(environment, { source }, end);
  await back(environment);
}

/** A rollout that pauses for lack of requests: `abort` takes it back, and `resume` ends it. */
export async function pausesAndEnds(environment: Environment): Promise<void> {
  await behave(environment, "v2", "is healthy");
  const tooFew = { source: "probes", rate: 1, patience: 10, warmUp: 0 } as const;
  await ends(environment, tooFew, "paused");
  await ends(environment, { action: "abort" }, "rolled back");
  await ends(environment, tooFew, "paused");
  await ends(environment, { action: "resume" }, "promoted");
  await back(environment);
}
