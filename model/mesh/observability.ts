import { app, gateway, meshNamespace } from "../names";
import type { Settings } from "../settings/contract";
import { type HostPorts, redirectRoutes } from "../traffic/redirect";

/** Ports of what shows the mesh from inside, by the name that each has everywhere. */
export const pagePorts = { prometheus: 9090, grafana: 3000, kiali: 20001 } as const;
export type PageName = keyof typeof pagePorts;

/** Ports of it inside the cluster, for the other pages. */
const inside = (page: PageName): string => `http://${page}.${meshNamespace}:${pagePorts[page]}`;

type Entrance = Pick<Settings, "domain" | "httpsPort">;

/** Host of a page, under the same wildcard as the app. */
export const pageHost = (page: PageName, domain: string): string => `${page}.${domain}`;

/** URL of a page through the published port. */
export const pageUrl = (page: PageName, { domain, httpsPort }: Entrance): string =>
  `https://${pageHost(page, domain)}${httpsPort === 443 ? "" : `:${httpsPort}`}/`;

const annotation = (name: string): string => `__meta_kubernetes_pod_annotation_prometheus_io_${name}`;

/**
 * What Prometheus scrapes: every pod that says so by the annotations that sidecars, gateways and istiod carry
 * (https://istio.io/latest/docs/ops/integrations/prometheus/#option-2-customized-scraping-configurations).
 */
export const scrapeConfig = () => ({
  global: { scrape_interval: "15s", scrape_timeout: "10s" },
  scrape_configs: [
    {
      job_name: "pods",
      kubernetes_sd_configs: [{ role: "pod" }],
      relabel_configs: [
        { source_labels: [annotation("scrape")], regex: "true", action: "keep" },
        { source_labels: ["__meta_kubernetes_pod_phase"], regex: "Pending|Succeeded|Failed", action: "drop" },
        { source_labels: [annotation("path")], regex: "(.+)", target_label: "__metrics_path__" },
        {
          source_labels: ["__meta_kubernetes_pod_ip", annotation("port")],
          separator: ":",
          regex: "(.+:.+)",
          target_label: "__address__",
        },
        { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
        { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
      ],
    },
  ],
});

/** Where Grafana asks. */
export const datasources = () => ({
  apiVersion: 1,
  datasources: [
    {
      name: "Prometheus",
      uid: "prometheus",
      type: "prometheus",
      url: inside("prometheus"),
      isDefault: true,
    },
  ],
});

/** Where Grafana finds its dashboards. */
export const dashboardFolder = "/etc/grafana/dashboards";
export const dashboardProviders = () => ({
  apiVersion: 1,
  providers: [{ name: "istio-on-k3d", type: "file", options: { path: dashboardFolder } }],
});

const fromGateway = `reporter="source",source_workload="${gateway.release}",destination_service_name="${app.name}"`;
const byVersion = "sum by (destination_version)";
const requests = `${byVersion} (rate(istio_requests_total{${fromGateway}}[1m]))`;
const errors = `${byVersion} (rate(istio_requests_total{${fromGateway},response_code=~"5.."}[1m]))`;
const panels: readonly (readonly [title: string, unit: string, expression: string])[] = [
  ["Requests by version", "reqps", requests],
  [
    "Share of each version",
    "percentunit",
    `${requests} / ignoring(destination_version) group_left sum (rate(istio_requests_total{${fromGateway}}[1m]))`,
  ],
  // a version that never failed has no series of errors
  ["Errors by version", "percentunit", `(${errors} or ${requests} * 0) / ${requests}`],
  [
    "90th percentile of the time by version",
    "ms",
    `histogram_quantile(0.9, sum by (destination_version, le) (rate(istio_request_duration_milliseconds_bucket{${fromGateway}}[1m])))`,
  ],
  [
    "Connections by mTLS",
    "reqps",
    `sum by (connection_security_policy) (rate(istio_requests_total{reporter="destination",destination_service_name="${app.name}"}[1m]))`,
  ],
  ["Proxies that istiod serves", "none", "sum(pilot_xds)"],
];

/** The dashboard of the canary: what a rollout decides by, version beside version. */
export const canaryDashboard = () => ({
  uid: "canary",
  title: "Canary",
  time: { from: "now-15m", to: "now" },
  refresh: "10s",
  panels: panels.map(([title, unit, expr], i) => ({
    id: i + 1,
    type: "timeseries",
    title,
    gridPos: { x: (i % 2) * 12, y: Math.floor(i / 2) * 8, w: 12, h: 8 },
    datasource: { type: "prometheus", uid: "prometheus" },
    fieldConfig: { defaults: { unit }, overrides: [] },
    targets: [{ refId: "A", expr, legendFormat: "{{destination_version}}{{connection_security_policy}}" }],
  })),
});

/**
 * Configuration of Kiali: it looks and changes nothing, and asks nobody who they are, as the other pages do
 * (https://kiali.io/docs/configuration/kialis.kiali.io/).
 */
export const kialiConfig = ({ grafana, ...entrance }: Entrance & Pick<Settings, "grafana">) => ({
  auth: { strategy: "anonymous" },
  deployment: { cluster_wide_access: true, namespace: meshNamespace, view_only_mode: true },
  external_services: {
    istio: { root_namespace: meshNamespace },
    prometheus: { url: inside("prometheus") },
    grafana: grafana
      ? { enabled: true, internal_url: inside("grafana"), external_url: pageUrl("grafana", entrance) }
      : { enabled: false },
    tracing: { enabled: false },
  },
  server: {
    port: pagePorts.kiali,
    web_root: "/",
    web_schema: "https",
    web_fqdn: pageHost("kiali", entrance.domain),
    web_port: String(entrance.httpsPort),
  },
});

const look = ["get", "list", "watch"];

/** What Prometheus has to see: the pods that it scrapes. */
export const prometheusRules = [{ apiGroups: [""], resources: ["pods"], verbs: look }];

/** What Kiali has to see: workloads, Services, Istio's resources and webhooks, and, by a port-forward, proxies and istiod. */
export const kialiRules = [
  {
    apiGroups: [""],
    resources: [
      "configmaps",
      "endpoints",
      "namespaces",
      "nodes",
      "pods",
      "pods/log",
      "replicationcontrollers",
      "services",
    ],
    verbs: look,
  },
  { apiGroups: [""], resources: ["pods/portforward"], verbs: ["create", "post"] },
  { apiGroups: ["apps"], resources: ["daemonsets", "deployments", "replicasets", "statefulsets"], verbs: look },
  { apiGroups: ["batch"], resources: ["cronjobs", "jobs"], verbs: look },
  {
    apiGroups: ["extensions", "networking", "security", "telemetry"]
      .map((group) => `${group}.istio.io`)
      .concat("gateway.networking.k8s.io", "inference.networking.k8s.io"),
    resources: ["*"],
    verbs: look,
  },
  { apiGroups: ["admissionregistration.k8s.io"], resources: ["mutatingwebhookconfigurations"], verbs: look },
];

/** Route from the ingress gateway to a page. */
export const pageRoute = (page: PageName, { domain, ...ports }: Pick<Settings, "domain"> & HostPorts) => ({
  hosts: [pageHost(page, domain)],
  gateways: [gateway.reference],
  http: [
    ...redirectRoutes(ports),
    {
      route: [
        { destination: { host: `${page}.${meshNamespace}.svc.cluster.local`, port: { number: pagePorts[page] } } },
      ],
    },
  ],
});
