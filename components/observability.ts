import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { canaryDashboard, dashboardFolder, dashboardProviders, datasources } from "../model/mesh/grafana";
import { kialiConfig, kialiRules } from "../model/mesh/kiali";
import { type PageName, pageUrl } from "../model/mesh/pages";
import { prometheusRules, scrapeConfig } from "../model/mesh/prometheus";
import { componentType, meshNamespace } from "../model/names";
import type { SettingsGroups } from "../model/settings/groups";
import versions from "../versions.json";
import type { Cluster } from "./cluster";
import { Page } from "./page";

type ObservabilitySettings = SettingsGroups["observability"];

export interface ObservabilityArgs extends ObservabilitySettings {
  readonly cluster: Cluster;
  /** Istio's root namespace. */
  readonly meshNamespace: pulumi.Input<string>;
}

/** Prometheus, Grafana and Kiali, each only if its key is set, behind the same ingress gateway and certificate. */
export class Observability extends pulumi.ComponentResource {
  /** Routes from the ingress gateway to the pages. */
  readonly routes: readonly pulumi.Resource[];

  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Observability"), name, {}, opts);
    const url = (page: PageName) => pageUrl(page, args);
    const pages: Page[] = [];
    if (args.prometheus)
      pages.push(
        new Page(
          `${name}-prometheus`,
          {
            ...args,
            page: "prometheus",
            image: versions.prometheusImage,
            files: { "/etc/prometheus": { "prometheus.yml": scrapeConfig() } },
            arguments: [
              "--config.file=/etc/prometheus/prometheus.yml",
              "--storage.tsdb.path=/prometheus",
              "--storage.tsdb.retention.time=6h",
              `--web.external-url=${url("prometheus")}`,
            ],
            ready: "/-/ready",
            data: "/prometheus",
            user: 65534,
            serviceAccountName: this.reader(`${name}-prometheus`, "prometheus", prometheusRules, args),
          },
          { parent: this },
        ),
      );
    if (args.grafana)
      pages.push(
        new Page(
          `${name}-grafana`,
          {
            ...args,
            page: "grafana",
            image: versions.grafanaImage,
            files: {
              "/etc/grafana/provisioning/datasources": { "prometheus.yaml": datasources() },
              "/etc/grafana/provisioning/dashboards": { "folder.yaml": dashboardProviders() },
              [dashboardFolder]: { "canary.json": canaryDashboard() },
            },
            environment: {
              GF_SERVER_ROOT_URL: url("grafana"),
              GF_AUTH_ANONYMOUS_ENABLED: "true",
              GF_AUTH_DISABLE_LOGIN_FORM: "true",
              GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: "true",
              GF_ANALYTICS_REPORTING_ENABLED: "false",
              GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
              GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${dashboardFolder}/canary.json`,
            },
            ready: "/api/health",
            data: "/var/lib/grafana",
            user: 472,
          },
          { parent: this },
        ),
      );
    if (args.kiali)
      pages.push(
        new Page(
          `${name}-kiali`,
          {
            ...args,
            page: "kiali",
            image: versions.kialiImage,
            files: { "/kiali-configuration": { "config.yaml": kialiConfig(args) } },
            arguments: ["-config", "/kiali-configuration/config.yaml"],
            environment: { ACTIVE_NAMESPACE: meshNamespace, LOG_FORMAT: "json" },
            ready: "/healthz",
            user: 1000,
            serviceAccountName: this.reader(`${name}-kiali`, "kiali", kialiRules, args),
          },
          { parent: this },
        ),
      );
    this.routes = pages.map(({ route }) => route);
    this.registerOutputs({});
  }

  /** Creates a service account with exactly these permissions, and returns its name. */
  private reader(
    name: string,
    page: PageName,
    rules: readonly (typeof kialiRules)[number][],
    { cluster, meshNamespace: namespace }: ObservabilityArgs,
  ): pulumi.Output<string> {
    const inCluster = cluster.childOptions(this);
    const metadata = { name: `istio-on-k3d-${page}` };
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata: { name: page, namespace } },
      inCluster,
    );
    const role = new k8s.rbac.v1.ClusterRole(`${name}-role`, { metadata, rules: [...rules] }, inCluster);
    const binding = new k8s.rbac.v1.ClusterRoleBinding(
      `${name}-binding`,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace }],
      },
      inCluster,
    );
    return pulumi.all([account.metadata.name, binding.id]).apply(([account]) => account);
  }
}
