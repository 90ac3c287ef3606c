import assert from "node:assert/strict";
import { connect } from "node:tls";
import { destroy, type RolloutOptions, rollout } from "../../automation";
import { rolloutStatus } from "../../automation/commands/rollout/rollout";
import type { Target } from "../../host/http";
import { istiodOf } from "../../model/mesh/revisions";
import { Environment } from "../support/environment";
import { Load } from "../support/load";
import { machineVersion } from "../support/machine";

const name = "e2e-load";
const perSecond = 200;
const least = Number(process.env["E2E_LOAD"] ?? 50_000);

/** Failures but those that a version gave which was meant to fail. */
const others = (failures: ReadonlyMap<string, number>, meant?: string) =>
  Object.fromEntries([...failures].filter(([failure]) => !meant || !failure.startsWith(meant)));

describe(`an environment under ${perSecond} requests a second`, function () {
  this.timeout(1_200_000);
  let environment: Environment;
  let load: Load;
  let target: Target & { tls: { ca: string } };

  before(async () => {
    environment = await Environment.open(name, { canaryWeight: "0" });
    Object.assign(process.env, environment.stack.workspace.envVars);
    await environment.up();
    const tls = { ca: await environment.output<string>("caPem") };
    target = { host: "helloworld.istio.localhost", address: "127.0.0.1", port: environment.ports.httpsPort, tls };
    load = new Load(target, perSecond, 200_000);
  });
  after(async () => {
    await load?.end();
    await environment?.destroy();
  });

  /** Lets the load go on while something is done; gives the failures of that time. */
  async function during(work: () => Promise<unknown>): Promise<ReadonlyMap<string, number>> {
    const before = load.got.failures;
    await work();
    await load.reaches(load.got.requests + 5 * perSecond);
    const added = [...load.got.failures].map(([failure, n]) => [failure, n - (before.get(failure) ?? 0)] as const);
    return new Map(added.filter(([, n]) => n > 0));
  }

  const roll = (options: Partial<RolloutOptions>) => rollout(name, { source: "gateway", ...options });

  it("rolls a good version 2 out without one failed request", async () => {
    const failures = await during(async () => {
      const { end, entries } = await roll({ steps: [25, 50, 100] });
      // a machine that has much else to do may be slow at the last step, which is a doubt that a person settles
      const last = entries.findLast((entry) => entry.kind === "verdict");
      const doubted = end === "paused" && last?.kind === "verdict" && last.verdict.code === "no-baseline";
      const settled = doubted ? await roll({ action: "resume" }) : { end, entries };
      assert.equal(settled.end, "promoted", JSON.stringify(settled.entries));
    });
    assert.deepEqual(others(failures), {});
  });

  it("restarts the control plane without one failed request", async () => {
    const failures = await during(async () => {
      const deployment = `deployment/${istiodOf(await machineVersion("istioVersion"))}`;
      await environment.kubectl("rollout", "restart", "-n", "istio-system", deployment);
      await environment.kubectl("rollout", "status", "-n", "istio-system", deployment, "--timeout=120s");
    });
    assert.deepEqual(others(failures), {});
  });

  it("switches to STRICT and back without one failed request", async () => {
    const failures = await during(async () => {
      await environment.set("mtlsMode", "STRICT");
      await environment.up();
      await load.reaches(load.got.requests + 10 * perSecond);
      await environment.set("mtlsMode", "PERMISSIVE");
      await environment.up();
    });
    assert.deepEqual(others(failures), {});
  });

  /** Serial number of the certificate that a new connection is shown, once it is trusted. */
  const shown = (ca = target.tls.ca) =>
    new Promise<string>((resolve, reject) => {
      const { host, address, port } = target;
      const socket = connect({ host: address, port, servername: host, ca }, () => {
        resolve(socket.getPeerCertificate().serialNumber);
        socket.end();
      });
      socket.on("error", reject);
    });

  /** Connects again and again while something brings another certificate; each connection has to be trusted. */
  async function untilAnother(work: () => Promise<unknown>, ca?: string): Promise<ReadonlyMap<string, number>> {
    const before = await shown(ca);
    let after = before;
    let connections = 0;
    const failures = await during(async () => {
      const done = work();
      for (const until = Date.now() + 120_000; after === before && Date.now() < until; connections++)
        after = await shown(ca);
      await done;
    });
    assert.notEqual(after, before, `${connections} connections saw the old certificate`);
    return failures;
  }

  it("renews the certificate without one failed request or connection, under the same CA", async () => {
    const failures = await untilAnother(async () => {
      await environment.set("certificateDays", "30");
      await environment.up();
    });
    assert.equal(await environment.output<string>("caPem"), target.tls.ca);
    assert.deepEqual(others(failures), {});
  });

  it("changes the CA without one refused connection of clients that trust both for a while", async () => {
    await environment.set("trustedCas", "1,2");
    await environment.up();
    const both = await environment.output<string>("caPem");
    const failures = await untilAnother(async () => {
      await environment.set("signingCa", "2");
      await environment.up();
    }, both);
    await assert.rejects(shown(), { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    await environment.set("signingCa", "1");
    await environment.up();
    assert.deepEqual(others(failures), {});
  });

  it("rolls a bad version 2 back without one failed request of version 1", async () => {
    await environment.set("canaryWeight", "0");
    await environment.up();
    await environment.kubectl("scale", "-n", "helloworld", "deployment/helloworld-v2", "--replicas=0");
    await environment.kubectl("rollout", "status", "-n", "helloworld", "deployment/helloworld-v2", "--timeout=60s");
    const failures = await during(async () => {
      const { end, entries } = await roll({ steps: [25, 100] });
      assert.equal(end, "rolled back", JSON.stringify(entries));
    });
    assert.deepEqual(others(failures, "v2 503"), {});
    assert.ok(failures.has("v2 503"), "version 2 did not fail, so nothing was shown");
  });

  it(`has answered at least ${least} requests`, async () => {
    await load.reaches(least);
    const { requests, failures } = await load.end();
    assert.ok(requests >= least);
    assert.deepEqual(others(failures, "v2 503"), {});
  });

  it("takes its rollouts with it when it is destroyed", async () => {
    assert.match(await rolloutStatus(name), /^rolled back/);
    await destroy(name);
    assert.equal(await rolloutStatus(name), "there was no rollout");
  });
});
