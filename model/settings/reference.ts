import { markdownTable } from "../output/table";
import { type KeyName, settingKeys, stackOutputs } from "./contract";
import type { Key } from "./kinds";

/** Every key, by the subject under which a reader looks for it. */
export const keysBySubject: Readonly<Record<string, readonly KeyName[]>> = {
  "Canary and routes": ["canaryWeight", "canaryHeader", "canaryAffinity", "mirrorPercent", "routing"],
  "Mutual TLS and dataplane": [
    ...(["mtlsMode", "mtlsNamespaceMode", "mtlsWorkloadMode", "mtlsPortMode", "mtlsPort"] as const),
    ...(["dataplane", "waypoint", "sidecarInjection"] as const),
  ],
  "Addresses and certificates": [
    ...(["domain", "httpPort", "httpsPort"] as const),
    ...(["keyAlgorithm", "certificateDays", "trustedCas", "signingCa"] as const),
  ],
  "Tokens and login": ["tokens", "loginIssuer", "loginClient", "loginClientSecret"],
  "Prometheus, Grafana and Kiali": ["prometheus", "grafana", "kiali"],
  "The app": ["appSource", "appImage", "appRegistry"],
  "The k3d cluster": [
    ...(["clusterName", "agents", "subnet", "pool", "loadBalancer", "registry", "imageCache"] as const),
    "k3sVersion",
  ],
  "A cluster that you have": ["cluster", "kubeContext", "allowedContexts", "existingNamespaces"],
  "Versions of Istio and MetalLB": [
    ...(["istioVersion", "nextIstioVersion", "nextIstioStage", "metallbVersion", "telemetry"] as const),
  ],
  "Closed networks": [
    ...(["istioHub", "istioChartRepository", "istioChartAuth"] as const),
    ...(["metallbChartRepository", "metallbChartAuth", "gatewayApiRepository"] as const),
    ...(["registryMirrors", "nodeProxy", "nodeNoProxy", "nodeCaFile", "pullSecret"] as const),
  ],
};

function keyTable(names: readonly KeyName[]): string[] {
  const contract = settingKeys as Readonly<Record<KeyName, Key>>;
  const rows = names.map((name) => {
    const { default: preset, description, allowed } = contract[name];
    return [`\`${name}\``, `\`${preset}\``, description, allowed];
  });
  return markdownTable([["key", "default", "what it sets", "allowed"], ...rows]);
}

/** The reference of the configuration as Markdown, one table for each subject. */
const configurationTables = (): string =>
  Object.entries(keysBySubject)
    .map(([subject, names]) => [`### ${subject}`, "", ...keyTable(names)].join("\n"))
    .join("\n\n");

/** The reference of the outputs as a Markdown table. */
function outputsTable(): string {
  const rows = Object.entries(stackOutputs).map(([name, description]) => [`\`${name}\``, description]);
  return markdownTable([["output", "value"], ...rows]).join("\n");
}

/** The reference page: the configuration and the outputs. */
export const referencePage = (): string =>
  [
    "# Reference",
    "",
    "`npm run golden` writes this page from [model/settings/keys](../model/settings/keys), which the program reads too.",
    "",
    "## Configuration",
    "",
    "`npm run pulumi -- config set KEY VALUE`, with `--secret` for a secret, then `npm start`. All errors are reported together, before",
    "anything changes: the key, its value, what is allowed, and the command that fixes it. Unknown keys are rejected, with the known key",
    "that is most like them.",
    "",
    "A change of `clusterName`, `agents`, `httpPort`, `httpsPort`, `subnet`, `registry`, `imageCache`, `registryMirrors`, `nodeProxy`,",
    "`nodeNoProxy`, `nodeCaFile` or `k3sVersion` replaces the cluster. Every other key changes the running one.",
    "",
    configurationTables(),
    "",
    "## Outputs",
    "",
    "`npm run pulumi -- stack output NAME`, with `--show-secrets` for a secret.",
    "",
    outputsTable(),
    "",
  ].join("\n");
