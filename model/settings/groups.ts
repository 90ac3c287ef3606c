import { gatewayApiChart } from "../mesh/gatewayApi";
import { meshVersions } from "../mesh/revisions";
import type { KeyName, Settings } from "./contract";

function pick<Name extends KeyName>(settings: Settings, ...names: readonly Name[]): Pick<Settings, Name> {
  return Object.fromEntries(names.map((name) => [name, settings[name]])) as Pick<Settings, Name>;
}

/**
 * The settings of each component, and of the outputs. A component receives its own group and no other, so a secret
 * reaches only the component that uses it.
 */
export const groupSettings = (settings: Settings) => ({
  cluster: pick(
    settings,
    ...(["cluster", "kubeContext", "existingNamespaces", "pullSecret"] as const),
    ...(["clusterName", "agents", "httpPort", "httpsPort", "subnet", "k3sVersion"] as const),
    ...(["registry", "registryMirrors", "imageCache", "istioHub", "appImage"] as const),
    ...(["nodeProxy", "nodeNoProxy", "nodeCaFile"] as const),
  ),
  loadBalancer: {
    ...pick(settings, "loadBalancer", "subnet", "pool"),
    chartRepository: settings.metallbChartRepository,
    chartAuth: settings.metallbChartAuth,
    version: settings.metallbVersion,
  },
  mesh: {
    ...pick(settings, "loginIssuer", "tokens", "telemetry", "dataplane"),
    published: settings.cluster === "k3d",
    chartRepository: settings.istioChartRepository,
    chartAuth: settings.istioChartAuth,
    hub: settings.istioHub,
    versions: meshVersions(settings),
    crds: gatewayApiChart(settings),
  },
  certificates: pick(settings, "domain", "keyAlgorithm", "certificateDays", "trustedCas", "signingCa"),
  images: pick(settings, "appSource", "appImage", "appRegistry"),
  app: {
    ...pick(settings, "appSource", "dataplane", "waypoint", "sidecarInjection"),
    sidecarVersion: meshVersions(settings).app,
  },
  routing: pick(
    settings,
    ...(["routing", "domain", "httpPort", "httpsPort", "loginIssuer"] as const),
    ...(["canaryWeight", "canaryHeader", "canaryAffinity", "mirrorPercent"] as const),
    ...(["mtlsMode", "mtlsNamespaceMode", "mtlsWorkloadMode", "mtlsPortMode", "mtlsPort"] as const),
  ),
  authentication: pick(
    settings,
    ...(["domain", "httpsPort", "tokens"] as const),
    ...(["loginIssuer", "loginClient", "loginClientSecret"] as const),
  ),
  observability: pick(settings, "routing", "domain", "httpPort", "httpsPort", "prometheus", "grafana", "kiali"),
  urls: pick(settings, "cluster", "domain", "httpsPort", "tokens"),
});

export type SettingsGroups = ReturnType<typeof groupSettings>;
