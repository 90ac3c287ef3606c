import { gatewayStatistics } from "../canary/exposition";
import { gateway } from "../names";
import { extensionProviders } from "../security/login";
import { secretReferences } from "../security/pullSecrets";
import type { Settings } from "../settings/contract";
import { revisionOf } from "./revisions";

interface IstiodArgs extends Pick<Settings, "loginIssuer" | "tokens" | "dataplane"> {
  readonly hub: string;
  readonly version: string;
  readonly telemetry: boolean;
  readonly pullSecrets: readonly string[];
}

/**
 * Normalization of paths before policies match them. By default Envoy neither merges slashes nor decodes %2F, so a policy
 * for `/admin` would not match `//admin` or `/admin%2F`, which many servers read as `/admin`. Set only with tokens: without
 * a policy on paths the mesh keeps Istio's default, like most clusters.
 *
 * https://istio.io/latest/docs/reference/config/security/normalization/
 */
const pathNormalization = { normalization: "DECODE_AND_MERGE_SLASHES" } as const;

/** Chart values of istiod. The chart's default requests (500m, 2Gi) do not fit a laptop. */
export function istiodValues({ hub, version, telemetry, pullSecrets, ...settings }: IstiodArgs) {
  const ambient = settings.dataplane === "ambient";
  const providers = extensionProviders(settings);
  const meshConfig = {
    ...(settings.tokens && { pathNormalization }),
    ...(providers.length > 0 && { extensionProviders: providers }),
  };
  const pilot = { autoscaleEnabled: false, resources: { requests: { cpu: "100m", memory: "256Mi" } } };
  return {
    ...(ambient && { profile: "ambient" }),
    revision: revisionOf(version),
    global: {
      hub,
      tag: version,
      // the profile selects distroless images
      ...(ambient && { variant: "" }),
      imagePullSecrets: [...pullSecrets],
      proxy: { resources: { requests: { cpu: "10m", memory: "64Mi" } } },
    },
    // current charts read these values at the top, older charts and the profiles of Istio below `pilot`
    pilot,
    ...pilot,
    telemetry: { enabled: telemetry },
    ...(Object.keys(meshConfig).length > 0 && { meshConfig }),
  };
}

interface GatewayArgs<Name> {
  /** Version of the control plane that injects and configures the gateway. */
  readonly version: string;
  readonly poolName: Name | undefined;
  readonly published: boolean;
  readonly pullSecrets: readonly string[];
  readonly dataplane: Settings["dataplane"];
}

/** Lets a gateway send HBONE, the tunnel of ambient. istiod's setting would reach only pods that are created later. */
const hbone = { proxyMetadata: { ISTIO_META_ENABLE_HBONE: "true" } } as const;

/**
 * Readiness of the gateway's proxy, asked for every 2 s. Istio's own probe asks every 15 s and has no startup probe before
 * it, so that a proxy that is ready after 2 s may count as ready after 16 s. Both allow 60 s of failures.
 *
 * https://github.com/istio/istio/blob/1.31.0/manifests/charts/istio-control/istio-discovery/files/gateway-injection-template.yaml
 */
const promptReadiness = {
  httpGet: { path: "/healthz/ready", port: 15021 },
  periodSeconds: 2,
  timeoutSeconds: 3,
  failureThreshold: 30,
} as const;

/** Chart values of the ingress gateway: nodePorts for the host's ports, and statistics for each subset. */
export function gatewayValues<Name>({ version, poolName, published, pullSecrets, dataplane }: GatewayArgs<Name>) {
  const port = (name: string, port: number, nodePort: number) => ({
    name,
    port,
    targetPort: port,
    protocol: "TCP",
    ...(published && { nodePort }),
  });
  return {
    // a label of the pods: a gateway changes its control plane only when its pods are made again, which this does
    revision: revisionOf(version),
    strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    readinessProbe: promptReadiness,
    service: {
      type: "LoadBalancer",
      annotations: poolName === undefined ? {} : { "metallb.io/address-pool": poolName },
      ports: [
        port("status-port", 15021, gateway.nodePorts.status),
        port("http2", 80, gateway.nodePorts.http),
        port("https", 443, gateway.nodePorts.https),
      ],
    },
    podAnnotations: {
      "proxy.istio.io/config": JSON.stringify({
        proxyStatsMatcher: { inclusionRegexps: [gatewayStatistics] },
        ...(dataplane === "ambient" && hbone),
      }),
    },
    imagePullSecrets: secretReferences(pullSecrets),
    autoscaling: { enabled: false },
    resources: { requests: { cpu: "50m", memory: "64Mi" } },
  };
}

/** IP address of a load balancer, or its host name in clouds that have no IP; empty while there is neither. */
export const ingressAddress = (ingress: readonly { ip?: string; hostname?: string }[] = []): string =>
  ingress[0]?.ip ?? ingress[0]?.hostname ?? "";
