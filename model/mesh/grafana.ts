import { appServices, gateway } from "../names";
import { serviceUrl } from "./pages";

/** Data sources of Grafana: Prometheus. */
export const datasources = () => ({
  apiVersion: 1,
  datasources: [
    {
      name: "Prometheus",
      uid: "prometheus",
      type: "prometheus",
      url: serviceUrl("prometheus"),
      isDefault: true,
    },
  ],
});

/** Folder from which Grafana loads dashboards. */
export const dashboardFolder = "/etc/grafana/dashboards";
export const dashboardProviders = () => ({
  apiVersion: 1,
  providers: [{ name: "istio-on-k3d", type: "file", options: { path: dashboardFolder } }],
});

const fromGateway = `reporter="source",source_workload="${gateway.release}",destination_service_name=~"${appServices}"`;
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
  // a version without errors has no series of errors
  ["Errors by version", "percentunit", `(${errors} or ${requests} * 0) / ${requests}`],
  [
    "90th percentile of the time by version",
    "ms",
    `histogram_quantile(0.9, sum by (destination_version, le) (rate(istio_request_duration_milliseconds_bucket{${fromGateway}}[1m])))`,
  ],
  [
    "Connections by mTLS",
    "reqps",
    `sum by (connection_security_policy) (rate(istio_requests_total{reporter="destination",destination_service_name=~"${appServices}"}[1m]))`,
  ],
  ["Proxies that istiod serves", "none", "sum(pilot_xds)"],
];

/** The dashboard of the canary: the measurements that decide a rollout, for both versions. */
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
