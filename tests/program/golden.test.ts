import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runProgram } from "../support/program";

const configurations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  default: {},
  "canary-25": { canaryWeight: "25" },
  strict: { mtlsMode: "STRICT" },
  "strict-namespace": { mtlsNamespaceMode: "STRICT" },
  "strict-workload": { mtlsWorkloadMode: "STRICT" },
  "strict-port": { mtlsPortMode: "STRICT" },
  "no-sidecar": { sidecarInjection: "off" },
  "canary-choices": { canaryHeader: "x-canary", canaryAffinity: "3600", mirrorPercent: "20" },
  "existing-cluster": {
    cluster: "existing",
    kubeContext: "dev",
    allowedContexts: "dev",
    existingNamespaces: "istio-system",
    loadBalancer: "off",
  },
  "ca-overlap": { trustedCas: "1,2", signingCa: "2" },
  "closed-network": {
    registryMirrors: "docker.io=https://mirror.test",
    pullSecret: '{"auths":{"mirror.test":{"auth":"dXNlcjpwYXNz"}}}',
    metallbChartAuth: "user:pass",
    istioChartRepository: "oci://charts.test/istio/",
  },
  "image-cache": { imageCache: "true", registryMirrors: "docker.io=https://mirror.test" },
  "app-folder": { appSource: "folder" },
  observability: { prometheus: "true", grafana: "true", kiali: "true" },
  tokens: { tokens: "true" },
  login: { tokens: "true", loginIssuer: "https://login.test", loginClient: "mesh", loginClientSecret: "s" },
  "other-ports": { httpPort: "8080", httpsPort: "8443" },
};

/** Renewal windows pass with the calendar, so their numbers stand as a word in the golden. */
const steady = (key: string, value: unknown): unknown => (key === "replacementTrigger" ? "renewal window" : value);

describe("the whole program under mocks", () => {
  for (const [name, config] of Object.entries(configurations)) {
    it(`registers exactly the resources of the golden "${name}"`, async () => {
      const file = path.join(__dirname, "golden", `${name}.json`);
      const actual = `${JSON.stringify(await runProgram(config), steady, 2)}\n`;
      if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, actual);
      assert.ok(existsSync(file), `no golden ${name}; make it with UPDATE_GOLDEN=1 npm test`);
      assert.equal(actual, readFileSync(file, "utf8"));
    });
  }
});
