import { type Run, runProgram } from "./program";

type Config = Readonly<Record<string, string>>;

/** An example by the keys in which its configuration differs from that of its base, another example. */
interface Derivation {
  readonly base: string;
  readonly changes: Config;
}

const on = (base: string, changes: Config): Derivation => ({ base, changes });

const canaryChoices: Config = { canaryHeader: "x-canary", canaryAffinity: "3600", mirrorPercent: "20" };
const otherPorts: Config = { httpPort: "8080", httpsPort: "8443" };
const login: Config = { loginIssuer: "https://login.test", loginClient: "mesh", loginClientSecret: "s" };

/** The examples with a configuration, each on the example that it resembles most, so that its golden is short. */
export const derivations: Readonly<Record<string, Derivation>> = {
  "canary-25": on("default", { canaryWeight: "25" }),
  strict: on("default", { mtlsMode: "STRICT" }),
  "strict-namespace": on("default", { mtlsNamespaceMode: "STRICT" }),
  "strict-workload": on("default", { mtlsWorkloadMode: "STRICT" }),
  "strict-port": on("default", { mtlsPortMode: "STRICT" }),
  "no-sidecar": on("default", { sidecarInjection: "off" }),
  "canary-choices": on("default", canaryChoices),
  "other-ports": on("default", otherPorts),
  "ca-overlap": on("default", { trustedCas: "1,2", signingCa: "2" }),
  "app-folder": on("default", { appSource: "folder" }),
  "existing-cluster": on("default", {
    cluster: "existing",
    kubeContext: "dev",
    allowedContexts: "dev",
    existingNamespaces: "istio-system",
    loadBalancer: "off",
  }),
  "closed-network": on("default", {
    registryMirrors: "docker.io=https://mirror.test",
    pullSecret: '{"auths":{"mirror.test":{"auth":"dXNlcjpwYXNz"}}}',
    metallbChartAuth: "user:pass",
    istioChartRepository: "oci://charts.test/istio/",
  }),
  "image-cache": on("default", { imageCache: "true", registryMirrors: "docker.io=https://mirror.test" }),
  observability: on("default", { prometheus: "true", grafana: "true", kiali: "true" }),
  tokens: on("default", { tokens: "true" }),
  login: on("tokens", login),
  ambient: on("default", { dataplane: "ambient" }),
  "ambient-strict": on("ambient", { mtlsMode: "STRICT", tokens: "true" }),
  "gateway-api": on("default", { routing: "gateway-api" }),
  "gateway-api-choices": on("gateway-api", { ...canaryChoices, ...otherPorts, tokens: "true", ...login }),
  waypoint: on("gateway-api", { dataplane: "ambient", waypoint: "true" }),
};

const configOf = (name: string): Config => {
  const derivation = derivations[name];
  return derivation === undefined ? {} : { ...configOf(derivation.base), ...derivation.changes };
};

/** Configurations of the stack whose programs are compared with goldens and checked by the policy pack. */
export const examples: Readonly<Record<string, Config>> = Object.fromEntries(
  ["default", ...Object.keys(derivations)].map((name) => [name, configOf(name)]),
);

const runs = new Map<string, Promise<Run>>();

/** Runs the program with an example's configuration, once for all tests. */
export function exampleRun(name: string): Promise<Run> {
  const run = runs.get(name) ?? runProgram(examples[name]);
  runs.set(name, run);
  return run;
}
