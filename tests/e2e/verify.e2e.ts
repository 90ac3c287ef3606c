import assert from "node:assert/strict";
import { verify } from "../../automation";
import { Environment } from "../support/environment";

const name = "e2e-verify";

/** What is configured one after the other in one environment; each has to prove itself whole. */
const configurations: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ["by default", {}],
  ["with the mesh STRICT", { mtlsMode: "STRICT" }],
  ["with the namespace STRICT", { mtlsNamespaceMode: "STRICT" }],
  ["with the pods STRICT", { mtlsWorkloadMode: "STRICT" }],
  ["with one port STRICT", { mtlsPortMode: "STRICT" }],
  ["with a port open in a STRICT mesh", { mtlsMode: "STRICT", mtlsPortMode: "PERMISSIVE" }],
  ["with mTLS off for the pods", { mtlsWorkloadMode: "DISABLE" }],
  ["with sidecars asked for by the Deployments", { sidecarInjection: "deployment", mtlsMode: "STRICT" }],
  ["without sidecars", { sidecarInjection: "off" }],
  ["with every way to version 2", { canaryHeader: "x-canary", canaryAffinity: "60", mirrorPercent: "50" }],
  ["with tokens at the door", { tokens: "true" }],
];

describe("an environment that proves itself", () => {
  let environment: Environment;
  before(async () => {
    environment = await Environment.open(name, {
      clusterName: name,
      httpPort: "18080",
      httpsPort: "18443",
      subnet: "10.46.0.0/24",
    });
    Object.assign(process.env, environment.stack.workspace.envVars);
  });
  after(() => environment?.destroy());

  for (const [what, config] of configurations)
    it(`does so ${what}`, async () => {
      for (const [key, value] of Object.entries(config)) await environment.set(key, value);
      await environment.up();
      const findings = await verify(name);
      for (const key of Object.keys(config)) await environment.unset(key);
      assert.deepEqual(
        findings.filter(({ outcome }) => outcome !== "pass").map(({ name, evidence }) => `${name}: ${evidence}`),
        [],
      );
    });
});
