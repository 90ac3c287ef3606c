import { type Run, runProgram } from "./program";

/** Configurations of the stack whose programs are compared with goldens and checked by the policy pack. */
export const examples: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  default: {},
  "canary-25": { canaryWeight: "25" },
  strict: { mtlsMode: "STRICT" },
  "strict-namespace": { mtlsNamespaceMode: "STRICT" },
  "strict-workload": { mtlsWorkloadMode: "STRICT" },
  "strict-port": { mtlsPortMode: "STRICT" },
  "no-sidecar": { sidecarInjection: "off" },
  ambient: { dataplane: "ambient" },
  "ambient-strict": { dataplane: "ambient", mtlsMode: "STRICT", tokens: "true" },
  waypoint: { dataplane: "ambient", routing: "gateway-api", waypoint: "true" },
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
  "gateway-api": { routing: "gateway-api" },
  "gateway-api-choices": {
    routing: "gateway-api",
    ...{ canaryHeader: "x-canary", canaryAffinity: "3600", mirrorPercent: "20", httpPort: "8080", httpsPort: "8443" },
    ...{ tokens: "true", loginIssuer: "https://login.test", loginClient: "mesh", loginClientSecret: "s" },
  },
  observability: { prometheus: "true", grafana: "true", kiali: "true" },
  tokens: { tokens: "true" },
  login: { tokens: "true", loginIssuer: "https://login.test", loginClient: "mesh", loginClientSecret: "s" },
  "other-ports": { httpPort: "8080", httpsPort: "8443" },
};

const runs = new Map<string, Promise<Run>>();

/** Runs the program with an example's configuration, once for all tests. */
export function exampleRun(name: string): Promise<Run> {
  const run = runs.get(name) ?? runProgram(examples[name]);
  runs.set(name, run);
  return run;
}
