import { meshNamespace } from "../names";
import type { Settings } from "../settings/contract";
import { type PageAddress, pageHost, pagePorts, pageUrl, readVerbs, serviceUrl } from "./pages";

/**
 * Configuration of Kiali: read-only, and without a login, like the other pages
 * (https://kiali.io/docs/configuration/kialis.kiali.io/).
 */
export const kialiConfig = ({ grafana, ...address }: PageAddress & Pick<Settings, "grafana">) => ({
  auth: { strategy: "anonymous" },
  deployment: { cluster_wide_access: true, namespace: meshNamespace, view_only_mode: true },
  external_services: {
    istio: { root_namespace: meshNamespace },
    prometheus: { url: serviceUrl("prometheus") },
    grafana: grafana
      ? { enabled: true, internal_url: serviceUrl("grafana"), external_url: pageUrl("grafana", address) }
      : { enabled: false },
    tracing: { enabled: false },
  },
  server: {
    port: pagePorts.kiali,
    web_root: "/",
    web_schema: "https",
    web_fqdn: pageHost("kiali", address.domain),
    web_port: String(address.httpsPort),
  },
});

/** Permissions of Kiali. Port-forwards reach the proxies and istiod. */
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
    verbs: readVerbs,
  },
  { apiGroups: [""], resources: ["pods/portforward"], verbs: ["create", "post"] },
  { apiGroups: ["apps"], resources: ["daemonsets", "deployments", "replicasets", "statefulsets"], verbs: readVerbs },
  { apiGroups: ["batch"], resources: ["cronjobs", "jobs"], verbs: readVerbs },
  {
    apiGroups: ["extensions", "networking", "security", "telemetry"]
      .map((group) => `${group}.istio.io`)
      .concat("gateway.networking.k8s.io", "inference.networking.k8s.io"),
    resources: ["*"],
    verbs: readVerbs,
  },
  { apiGroups: ["admissionregistration.k8s.io"], resources: ["mutatingwebhookconfigurations"], verbs: readVerbs },
];
